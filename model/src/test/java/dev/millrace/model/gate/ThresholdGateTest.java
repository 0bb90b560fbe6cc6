package dev.millrace.model.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThresholdGateTest {
    private static final long HOUR = 3_600_000;

    /** At most 10 % above the champion's loss, measured on 1,000 samples or more, no older than an hour. */
    private static final PublishGate GATE = new Thresholds(GateMetric.LOSS, 0.1, null, null, null, 1000, HOUR).gate();

    private static Evaluation measured(double loss) {
        return new Evaluation(1050, loss, 0.8, 0.9, false, true);
    }

    private static Champion champion(double loss) {
        return new Champion(4198, measured(loss), measured(loss), 60_000);
    }

    private static Decision decide(PublishGate gate, Evaluation candidate, @Nullable Champion champion) {
        return gate.decide(candidate, champion);
    }

    @ParameterizedTest(name = "loss {0} against 0.665: {1}")
    @CsvSource({
        "0.912, WORSE, REFUSED",
        "0.732, WORSE, REFUSED", // 0.665 * 1.1 = 0.7315
        "0.731, WITHIN_BOUND, PROMOTED",
        "0.665, EQUAL, KEPT",
        "0.664, BETTER, PROMOTED",
        "0, BETTER, PROMOTED",
        "NaN, NO_METRIC, REFUSED",
        "Infinity, NOT_FINITE, REFUSED",
    })
    void comparesWithTheChampion(double loss, Reason reason, Reason.Outcome outcome) {
        Decision decision = decide(GATE, measured(loss), champion(0.665));

        assertThat(decision.reason()).isEqualTo(reason);
        assertThat(decision.reason().outcome()).isEqualTo(outcome);
        assertThat(decision.promotes()).isEqualTo(outcome == Reason.Outcome.PROMOTED);
    }

    @Test
    void saysValueLimitAndWhatItWasComparedWith() {
        Decision decision = decide(GATE, measured(0.912), champion(0.665));

        // By hand: 0.912 / 0.665 - 1 = 0.3714.
        assertThat(decision.sentence("ctr", 4211))
                .isEqualTo("Version 4211 of model ctr was not promoted: loss 0.9120 over 1,050 samples is 37.1 % worse"
                        + " than 0.6650, the bar of champion 4198 (limit 10.0 %, publish.gate.max-regression).");
    }

    @Test
    void promotesNothingWithoutThresholds() {
        PublishGate gate = new Thresholds(GateMetric.LOSS, null, null, null, null, 1, HOUR).gate();

        assertThat(gate.decide(measured(0.1), null).reason()).isEqualTo(Reason.NO_THRESHOLDS);
        assertThat(gate.decide(measured(0.1), champion(0.9)).promotes()).isFalse();
    }

    @Test
    void refusesTooFewSamples() {
        Evaluation few = new Evaluation(999, 0.1, 0.99, 0.99, false, true);

        assertThat(decide(GATE, few, champion(0.665)).reason()).isEqualTo(Reason.TOO_FEW_SAMPLES);
        assertThat(decide(GATE, few, null))
                .isEqualTo(new Decision(
                        Reason.TOO_FEW_SAMPLES,
                        "999 samples were scored and 1,000 are needed (publish.gate.min-samples)"));
    }

    @Test
    void refusesWhatWasMeasuredOnOneClassAlone() {
        Evaluation oneClass = new Evaluation(1000, 0.001, 1, Double.NaN, true, true);

        assertThat(decide(GATE, oneClass, champion(0.665)).reason()).isEqualTo(Reason.ONE_CLASS);
        assertThat(decide(GATE, oneClass, null).reason()).isEqualTo(Reason.ONE_CLASS);
    }

    @Test
    void refusesParametersThatAreNotFinite() {
        Evaluation broken = new Evaluation(1000, 0.1, 1, 1, false, false);

        assertThat(decide(GATE, broken, null).reason()).isEqualTo(Reason.NOT_FINITE);
    }

    @Test
    void promotesTheFirstThatKeepsTheLimits() {
        PublishGate gate = new Thresholds(GateMetric.LOSS, null, 0.5, 0.75, 0.85, 1000, HOUR).gate();

        assertThat(decide(gate, measured(0.5), null).reason()).isEqualTo(Reason.FIRST);
        assertThat(decide(gate, measured(0.51), null))
                .isEqualTo(
                        new Decision(Reason.LOSS_ABOVE_LIMIT, "loss 0.5100 is above 0.5000 (publish.gate.max-loss)"));
        assertThat(decide(gate, new Evaluation(1000, 0.4, 0.74, 0.9, false, true), null)
                        .reason())
                .isEqualTo(Reason.ACCURACY_BELOW_LIMIT);
        assertThat(decide(gate, new Evaluation(1000, 0.4, 0.75, 0.84, false, true), null)
                        .reason())
                .isEqualTo(Reason.AUC_BELOW_LIMIT);
        assertThat(decide(gate, new Evaluation(1000, 0.4, Double.NaN, 0.9, false, true), null)
                        .reason())
                .as("a limit on what is not known")
                .isEqualTo(Reason.NO_METRIC);
    }

    @Test
    void absoluteLimitsAloneLetAWorseOneThroughButNotAnEqualOne() {
        PublishGate gate = new Thresholds(GateMetric.LOSS, null, 0.7, null, null, 1000, HOUR).gate();

        assertThat(decide(gate, measured(0.69), champion(0.5)).reason()).isEqualTo(Reason.WITHIN_LIMITS);
        assertThat(decide(gate, measured(0.5), champion(0.5)).reason()).isEqualTo(Reason.EQUAL);
        assertThat(decide(gate, measured(0.71), champion(0.9)).reason()).isEqualTo(Reason.LOSS_ABOVE_LIMIT);
    }

    @Test
    void accuracyIsComparedByDifference() {
        PublishGate gate = new Thresholds(GateMetric.ACCURACY, 0.02, null, null, null, 1000, HOUR).gate();
        Champion champion = new Champion(7, measured(0.5), measured(0.5), 0);

        assertThat(decide(gate, new Evaluation(1000, 9, 0.785, 0.9, false, true), champion)
                        .reason())
                .isEqualTo(Reason.WITHIN_BOUND);
        assertThat(decide(gate, new Evaluation(1000, 0.1, 0.775, 0.9, false, true), champion)
                        .text())
                .isEqualTo("accuracy 0.7750 over 1,000 samples is 0.02500 worse than 0.8000, the bar of champion 7"
                        + " (limit 0.02000, publish.gate.max-regression)");
    }

    @Test
    void championsDoNotSlideFurtherThanTheBoundBelowTheirBar() {
        Evaluation bar = measured(0.5);
        double served = 0.5;
        int promoted = 0;
        for (int i = 0; i < 10; i++) { // each 4 % worse than the one before
            double loss = served * 1.04;
            Decision decision = decide(GATE, measured(loss), new Champion(i, measured(served), bar, 0));
            if (!decision.promotes()) break;
            assertThat(decision.setsBar()).isFalse();
            served = loss;
            promoted++;
        }

        assertThat(promoted).isEqualTo(2); // 1.04^2 = 1.0816, 1.04^3 = 1.1249
        // One that is better than the champion served last is still held against the bar, and may not set it.
        Decision recovering = decide(GATE, measured(0.52), new Champion(9, measured(served), bar, 0));
        assertThat(recovering.reason()).isEqualTo(Reason.WITHIN_BOUND);
        assertThat(recovering.setsBar()).isFalse();
        assertThat(decide(GATE, measured(0.49), new Champion(9, measured(served), bar, 0))
                        .setsBar())
                .isTrue();
    }

    @Test
    void aBarThatIsTooOldNoLongerBinds() {
        Evaluation before = measured(0.2); // since then the stream has drifted: nothing reaches it any more
        Champion fresh = new Champion(7, before, before, HOUR);
        Champion old = new Champion(7, before, before, HOUR + 1);

        assertThat(decide(GATE, measured(0.4), fresh).reason()).isEqualTo(Reason.WORSE);
        assertThat(decide(GATE, measured(0.4), old).reason()).isEqualTo(Reason.RECORD_EXPIRED);
        assertThat(decide(GATE, measured(0.4), old).setsBar()).isTrue();
        assertThat(decide(GATE, measured(Double.NaN), old).promotes()).isFalse();
    }

    @Test
    void aChampionOfWhichNothingIsKnownDoesNotBind() {
        assertThat(decide(GATE, measured(0.4), new Champion(7, null, null, 0)).reason())
                .isEqualTo(Reason.WITHIN_LIMITS);
        Evaluation unknown = measured(Double.NaN);
        assertThat(decide(GATE, measured(0.4), new Champion(7, unknown, unknown, 0))
                        .reason())
                .isEqualTo(Reason.WITHIN_LIMITS);
    }

    @Test
    void aLossAboveZeroIsInfinitelyWorseThanZero() {
        assertThat(decide(GATE, measured(1e-9), champion(0)).reason()).isEqualTo(Reason.WORSE);
    }

    @Test
    void thresholdsSayWhatTheyMustBe() {
        assertThatThrownBy(() -> new Thresholds(GateMetric.LOSS, -0.1, null, null, null, 1, HOUR))
                .hasMessage("publish.gate.max-regression must be >= 0. Received: -0.1");
        assertThatThrownBy(() -> new Thresholds(GateMetric.LOSS, null, null, null, null, 0, HOUR))
                .hasMessage("publish.gate.min-samples must be >= 1. Received: 0");
    }
}
