package dev.millrace.model.batchsize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoodputTest {
    private static final Goodput POLICY = new Goodput();

    @Test
    void theTableIsLinearBetweenWhatWasMeasured() {
        ThroughputTable table = new ThroughputTable(new double[ThroughputTable.LENGTH], 0);
        assertThat(table.time(16, Double.NaN)).isNaN();
        table.add(16, 0.010);
        assertThat(table.time(32, Double.NaN))
                .isCloseTo(0.015, within(1e-12)); // half of it does not depend on the size
        assertThat(table.time(48, 16)).isCloseTo(0.020, within(1e-12)); // 10 ms / 32 samples, rounds worth 16
        table.add(64, 0.010);
        table.add(256, 0.034);

        assertThat(table.time(16, Double.NaN)).isCloseTo(0.010, within(1e-12));
        assertThat(table.time(40, Double.NaN)).isCloseTo(0.010, within(1e-12));
        assertThat(table.time(160, Double.NaN)).isCloseTo(0.022, within(1e-12));
        assertThat(table.time(512, Double.NaN)).isCloseTo(0.066, within(1e-12));
        assertThat(table.largest()).isEqualTo(256);
    }

    @Test
    void theTableForgets() {
        ThroughputTable table = new ThroughputTable(new double[ThroughputTable.LENGTH], 0);
        for (int i = 0; i < 100; i++) table.add(16, 0.010);
        for (int i = 0; i < 2000; i++) table.add(16, 0.030);
        table.add(16, Double.NaN);
        table.add(16, -1);

        assertThat(table.time(16, Double.NaN)).isCloseTo(0.030, within(1e-6));
    }

    /** Affine times: the optimum is sqrt(r phi), found to within the 5 % of goodput that a change must gain. */
    @ParameterizedTest
    @CsvSource({"100, 400, 200", "40, 1000, 200", "2000, 50, 316.227766"})
    void affineTimesGiveTheRootOfRoundCostTimesNoiseScale(double r, double phi, double best) {
        DoubleUnaryOperator time = n -> 1e-4 * (r + n);

        double size = settle(time, phi, 1 << 20);

        assertThat(goodput(size, time, phi)).isGreaterThan(goodput(best, time, phi) / 1.05);
    }

    @Test
    void aCliffInTheStepTimeEndsTheGrowth() {
        // free up to 128 samples, then a second pass of the accelerator; seen as a slope as wide as an octave
        DoubleUnaryOperator time = n -> n <= 128 ? 0.010 : 0.050;

        assertThat(settle(time, 1e4, 1 << 20)).isBetween(64.0, 128.5);
    }

    @Test
    void neverGoesBeyondTheUpperBound() {
        assertThat(settle(n -> 0.1, 1e4, 100)).isLessThanOrEqualTo(100);
    }

    @Test
    void holdsWithoutStepTimeOrSignal() {
        double[] due = POLICY.init();
        due[0] = 9;
        due[1] = 48;

        assertThat(POLICY.observe(due, Readings.signals().build()))
                .extracting(BatchSizePolicy.Choice::size, BatchSizePolicy.Choice::reason)
                .containsExactly(48.0, Reason.NO_STEP_TIME);
        assertThat(POLICY.observe(
                                due,
                                Readings.signals()
                                        .noiseScale(Double.POSITIVE_INFINITY)
                                        .build())
                        .reason())
                .isEqualTo(Reason.NO_SIGNAL);
    }

    private static double settle(DoubleUnaryOperator time, double phi, int upper) {
        double[] memory = POLICY.init();
        double size = 16;
        StepTimeModel model = StepTimeModel.NONE;
        for (int k = 0; k < 400; k++) {
            long n = Math.round(size);
            StepReading reading = StepReading.ofLoss(n, 1).withTiming(time.applyAsDouble(n), Double.NaN, 0);
            model = model.observe(n, reading.seconds());
            Readings.SignalsBuilder signals =
                    Readings.signals().reading(reading).noiseScale(phi);
            BatchSizePolicy.Choice choice = POLICY.observe(
                    memory,
                    signals.upper(upper).roundCost(model.fit().roundCost()).build());
            memory = choice.memory();
            size = choice.size();
        }
        return size;
    }

    private static double goodput(double size, DoubleUnaryOperator time, double phi) {
        return size / (time.applyAsDouble(size) * (phi + size));
    }
}
