package dev.millrace.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.Loss;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrequentialMetricsTest {

    @Test
    void nothingAddedHasNoLoss() {
        PrequentialMetrics metrics = new PrequentialMetrics(10, 0.9);

        assertThat(metrics.window().loss()).isNaN();
        assertThat(metrics.fadingLoss()).isNaN();
    }

    @Test
    void theWindowHoldsTheLatestSamplesAlone() {
        PrequentialMetrics metrics = new PrequentialMetrics(4, 0.9); // blocks of one sample

        for (int loss = 1; loss <= 7; loss++) metrics.add(1, outcomes(1, loss));

        assertThat(metrics.window().weight()).isEqualTo(4);
        assertThat(metrics.window().loss()).isEqualTo((4 + 5 + 6 + 7) / 4.0); // exact: small integers
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "4, 1", "100, 1", "100, 7", "1000, 3", "1000, 50", "10, 64"})
    void theWindowIsFullAndExceedsItsSizeByATwentiethAndOneStepAtMost(long window, int step) {
        PrequentialMetrics metrics = new PrequentialMetrics(window, 0.9);
        long added = 0;

        for (int i = 0; i < 3 * window / step + 10; i++) {
            metrics.add(step, outcomes(step, 1));
            added += step;

            assertThat(metrics.window().weight())
                    .isGreaterThanOrEqualTo(Math.min(added, window))
                    .isLessThanOrEqualTo(window + Math.max(1, window / 20) + step - 1);
        }
    }

    @Test
    void fadingWeighsTheSamplesOfTheLatestStepMost() {
        PrequentialMetrics metrics = new PrequentialMetrics(100, 0.5);

        metrics.add(1, outcomes(1, 8));
        metrics.add(2, outcomes(2, 4)); // two samples fade what was before to a quarter
        metrics.add(1, outcomes(1, 0));

        // ((1 * 8) / 4 + 2 * 4) / 2 + 0 = 5 over (1 / 4 + 2) / 2 + 1 = 2.125
        assertThat(metrics.fadingLoss()).isCloseTo(5 / 2.125, within(1e-12));
    }

    @Test
    void aLossThatIsNotFiniteDoesNotStay() {
        PrequentialMetrics metrics = new PrequentialMetrics(100, 0.5);
        metrics.add(1, outcomes(1, 3));

        metrics.add(1, outcomes(1, Double.NaN));
        metrics.add(1, outcomes(1, Double.POSITIVE_INFINITY));

        assertThat(metrics.fadingLoss()).isEqualTo(3);
        assertThat(metrics.window().loss()).isEqualTo(3);
    }

    @Test
    void restoredMetricsContinueBitForBit() throws IOException {
        SplittableRandom random = new SplittableRandom(9);
        PrequentialMetrics uninterrupted = new PrequentialMetrics(100, 0.99);
        PrequentialMetrics interrupted = new PrequentialMetrics(100, 0.99);

        for (int i = 0; i < 200; i++) {
            long seed = random.nextLong();
            uninterrupted.add(20, OutcomesTest.random(new SplittableRandom(seed)));
            interrupted.add(20, OutcomesTest.random(new SplittableRandom(seed)));
            interrupted = PrequentialMetrics.read(new DataInputStream(new ByteArrayInputStream(bytes(interrupted))));

            assertThat(bytes(interrupted)).isEqualTo(bytes(uninterrupted));
            assertThat(interrupted.window().auc())
                    .isEqualTo(uninterrupted.window().auc());
        }
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        assertThatThrownBy(() -> new PrequentialMetrics(0, 0.9)).hasMessage("metrics.window must be >= 1. Received: 0");
        assertThatThrownBy(() -> new PrequentialMetrics(1, 1))
                .hasMessage("metrics.fading must be in (0, 1). Received: 1.0");
    }

    private static byte[] bytes(PrequentialMetrics metrics) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        metrics.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static Outcomes outcomes(int samples, double loss) {
        SampleBatch batch = new SampleBatch(1, 1, samples);
        for (int i = 0; i < samples; i++) batch.append(new float[1], new float[1], 1);
        GradientSum sum = new GradientSum(1);
        sum.weight = samples;
        sum.lossSum = samples * loss;
        return Outcomes.of(Loss.MEAN_SQUARED_ERROR, 1, batch, sum);
    }
}
