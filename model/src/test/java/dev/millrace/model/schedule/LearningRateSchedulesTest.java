package dev.millrace.model.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Numbers worked by hand; 1e-12 is a few roundings of double. */
class LearningRateSchedulesTest {

    @Test
    void anEmptySectionIsTheArticlesConstant() {
        LearningRateSchedule schedule = LearningRateSchedules.of(Map.of());

        assertThat(schedule.rate(1)).isEqualTo(0.01);
        assertThat(schedule.rate(1_000_000_000_000L)).isEqualTo(0.01);
    }

    @Test
    void aPlainNumberArrivesAsInitial() {
        LearningRateSchedule schedule = LearningRateSchedules.of(Map.of("initial", 0.5));

        assertThat(schedule.rate(77)).isEqualTo(0.5);
    }

    @Test
    void cosineFallsFromInitialToAlphaTimesInitialAndStays() {
        LearningRateSchedule schedule =
                LearningRateSchedules.of(Map.of("initial", 0.2, "schedule", "cosine", "decay_steps", 60, "alpha", 0.1));

        assertThat(schedule.rate(1)).isCloseTo(0.2, within(1e-12));
        assertThat(schedule.rate(21)).isCloseTo(0.2 * (0.9 * 0.75 + 0.1), within(1e-12)); // cos(pi / 3) = 1/2
        assertThat(schedule.rate(31)).isCloseTo(0.2 * (0.9 * 0.5 + 0.1), within(1e-12)); // cos(pi / 2) = 0
        assertThat(schedule.rate(61)).isCloseTo(0.02, within(1e-12));
        assertThat(schedule.rate(1L << 50)).isCloseTo(0.02, within(1e-12));
    }

    @Test
    void inverseTimeHalvesAfterDecaySteps() {
        LearningRateSchedule schedule =
                LearningRateSchedules.of(Map.of("initial", 0.4, "schedule", "inverse_time", "decay_steps", 100));

        assertThat(schedule.rate(1)).isEqualTo(0.4);
        assertThat(schedule.rate(101)).isCloseTo(0.2, within(1e-12));
        assertThat(schedule.rate(301)).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void warmUpRisesLinearlyAndThenTheScheduleBegins() {
        LearningRateSchedule schedule = LearningRateSchedules.of(Map.of(
                "initial", 0.4, "schedule", "inverse_time", "decay_steps", 10, "decay_rate", 3, "warmup_steps", 4));

        assertThat(schedule.rate(1)).isCloseTo(0.1, within(1e-12));
        assertThat(schedule.rate(2)).isCloseTo(0.2, within(1e-12));
        assertThat(schedule.rate(4)).isCloseTo(0.4, within(1e-12));
        assertThat(schedule.rate(5)).isCloseTo(0.4, within(1e-12)); // its step 1
        assertThat(schedule.rate(15)).isCloseTo(0.1, within(1e-12)); // its step 11: 0.4 / (1 + 3)
    }

    @Test
    void everyMistakeIsNamedAtOnce() {
        Map<String, Object> section = Map.of("initial", 0, "schedule", "cosine", "decay_steps", 2.5, "alfa", 0.1);

        assertThatThrownBy(() -> LearningRateSchedules.of(section))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("3 errors in learning-rate")
                .hasMessageContaining("learning-rate.initial must be a number in 1.0E-12..1000000.0. Received: 0")
                .hasMessageContaining("learning-rate.decay_steps must be an integer. Received: 2.5")
                .hasMessageContaining("learning-rate.alfa: unknown key; did you mean alpha?");
    }

    @Test
    void aMisspelledScheduleIsTheOnlyMistake() {
        Map<String, Object> section = Map.of("schedule", "cosin", "decay_steps", 10);

        assertThatThrownBy(() -> LearningRateSchedules.of(section))
                .hasMessageStartingWith("1 error in learning-rate")
                .hasMessageContaining("did you mean cosine?");
    }

    @Test
    void aKeyThatHasNoEffectIsAMistake() {
        Map<String, Object> section = Map.of("decay_steps", 10);

        assertThatThrownBy(() -> LearningRateSchedules.of(section))
                .hasMessageContaining("learning-rate.decay_steps: unknown key");
    }
}
