package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulesTest {

    @ParameterizedTest
    @CsvSource({"0, 16", "3200, 16", "51200, 256", "100000, 500"})
    void theProportionalSizeIsAFractionOfTheSamples(double seen, double expected) {
        ProportionalSize policy = new ProportionalSize(200);

        BatchSizePolicy.Choice choice = policy.observe(new double[] {seen}, samples(0));

        assertThat(choice.size()).isEqualTo(expected);
        assertThat(policy.observe(choice.memory(), samples(64)).memory()).containsExactly(seen + 64);
    }

    @ParameterizedTest
    @CsvSource({"0, 16", "9999, 16", "10000, 32", "35000, 128", "1e9, 1073741824"})
    void theSteppedSizeIsMultipliedEverySoManySamples(double seen, double expected) {
        SteppedSize policy = new SteppedSize(2, 10_000);

        assertThat(policy.observe(new double[] {seen}, samples(0)).size()).isEqualTo(expected);
    }

    @Test
    void aFaultBeginsAnew() {
        assertThat(new ProportionalSize(64).afterFault(new double[] {5})).containsExactly(0);
        assertThat(new SteppedSize(2, 10).afterFault(new double[] {5})).containsExactly(0);
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        assertThatThrownBy(() -> new ProportionalSize(0.5))
                .hasMessage("K of the schedule n / K must be >= 1. Received: 0.5");
        assertThatThrownBy(() -> new SteppedSize(0.9, 10))
                .hasMessage("factor of the schedule must be >= 1. Received: 0.9");
        assertThatThrownBy(() -> new SteppedSize(2, 0)).hasMessage("samples per step must be >= 1. Received: 0");
    }

    private static Signals samples(long n) {
        return Readings.signals().samples(n).build();
    }
}
