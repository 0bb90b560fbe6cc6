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

    @Test
    void theNewestSamplesComeInWholeBlocks() {
        PrequentialMetrics metrics = new PrequentialMetrics(100, 0.9); // blocks of five samples

        for (int loss = 1; loss <= 12; loss++) metrics.add(1, outcomes(1, loss));

        assertThat(metrics.latest(1).samples()).isEqualTo(2);
        assertThat(metrics.latest(3).samples()).isEqualTo(7);
        assertThat(metrics.latest(3).outcomes().loss())
                .isEqualTo((6 + 7 + 8 + 9 + 10 + 11 + 12) / 7.0); // small integers
        assertThat(metrics.latest(50).samples()).isEqualTo(12);
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
    void accuracyAndAucFadeLikeTheLoss() {
        PrequentialMetrics metrics = new PrequentialMetrics(100, 0.5);

        metrics.add(2, scores(0.9f, 0.1f)); // the positive sample above the negative one: both right
        metrics.add(2, scores(0.2f, 0.8f)); // both wrong; what was before has faded to a quarter

        Outcomes fading = metrics.fading();
        assertThat(fading.weight()).isEqualTo(2.5); // powers of two are exact
        assertThat(fading.accuracy()).isEqualTo(0.5 / 2.5);
        // pairs (positive, negative): 0.9 above 0.1 weighs 1/4 * 1/4, 0.9 above 0.8 1/4, 0.2 above 0.1 1/4; of 1.25 *
        // 1.25
        assertThat(fading.auc()).isCloseTo((0.0625 + 0.25 + 0.25) / 1.5625, within(1e-12));
        assertThat(metrics.window().accuracy()).isEqualTo(0.5);
    }

    @Test
    void whatHasFadedIsGoneInsteadOfSubnormal() throws IOException {
        PrequentialMetrics never = new PrequentialMetrics(1, 0.5);
        PrequentialMetrics metrics = new PrequentialMetrics(1, 0.5);
        metrics.add(2, scores(0.9f, 0.1f));

        for (int i = 0; i < 10; i++) never.add(100, outcomes(100, 1));
        for (int i = 0; i < 10; i++) metrics.add(100, outcomes(100, 1));

        // but for the number of classes no byte is left of bins and classes: what is 0 is not written
        assertThat(bytes(metrics)).hasSameSizeAs(bytes(never));
        assertThat(metrics.fading().auc()).isNaN();
        assertThat(metrics.fading().classes().table()).isEmpty();
        assertThat(metrics.fading().calibration().error()).isNaN();
    }

    @Test
    void sumsHandedOutAreCopies() {
        PrequentialMetrics metrics = new PrequentialMetrics(4, 0.9);
        metrics.add(1, outcomes(1, 2));

        metrics.window().merge(outcomes(1, 100));
        metrics.fading().merge(outcomes(1, 100));

        assertThat(metrics.window().loss()).isEqualTo(2);
        assertThat(metrics.fadingLoss()).isEqualTo(2);
    }

    @Test
    void metricsOfANewerReleaseSayWhatIsSupported() throws IOException {
        byte[] bytes = bytes(new PrequentialMetrics(4, 0.9));
        bytes[0] = PrequentialMetrics.FORMAT + 1;

        assertThatThrownBy(() -> PrequentialMetrics.read(new DataInputStream(new ByteArrayInputStream(bytes))))
                .isInstanceOf(IOException.class)
                .hasMessage("Format 3 of prequential metrics is unknown; this release reads formats 1 to 2. "
                        + "A newer release wrote it.");
    }

    /** What format 1 wrote, field by field: it knew weight, loss, accuracy and the histogram. */
    @Test
    void metricsOfFormatOneGoOnAndCountClassesFromThenOn() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(1);
        out.writeLong(100);
        out.writeDouble(0.5);
        writeFormatOne(out, 2);
        out.writeInt(1);
        out.writeLong(4);
        writeFormatOne(out, 4);

        PrequentialMetrics metrics =
                PrequentialMetrics.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));

        assertThat(metrics.window().weight()).isEqualTo(4);
        assertThat(metrics.window().loss()).isEqualTo(3);
        assertThat(metrics.window().accuracy()).isEqualTo(0.75);
        assertThat(metrics.window().auc()).isEqualTo(1);
        assertThat(metrics.fadingLoss()).isEqualTo(3);
        assertThat(metrics.window().classes().table()).isEmpty();
        metrics.add(2, scores(0.9f, 0.1f));
        assertThat(metrics.window().weight()).isEqualTo(6);
        assertThat(metrics.window().classes().table())
                .containsExactly(new ClassScore(0, 1, 1, 1, 1), new ClassScore(1, 1, 1, 1, 1));
    }

    /** All of the weight judged, three quarters right; half of it positive and above the rest. */
    private static void writeFormatOne(DataOutputStream out, double weight) throws IOException {
        for (double sum : new double[] {weight, 3 * weight, weight, 0.75 * weight}) out.writeDouble(sum);
        out.writeShort(2);
        out.writeByte(10);
        out.writeDouble(0);
        out.writeDouble(weight / 2);
        out.writeByte(200);
        out.writeDouble(weight / 2);
        out.writeDouble(0);
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

    /** One positive and one negative sample. */
    private static Outcomes scores(float positive, float negative) {
        SampleBatch batch = new SampleBatch(1, 1, 2);
        batch.append(new float[1], new float[] {1}, 1);
        batch.append(new float[1], new float[] {0}, 1);
        GradientSum sum = new GradientSum(1);
        sum.weight = 2;
        sum.predictions = new float[] {positive, negative};
        return Outcomes.of(Loss.BINARY_CROSSENTROPY, 1, batch, sum);
    }

    private static Outcomes outcomes(int samples, double loss) {
        SampleBatch batch = new SampleBatch(1, 1, samples);
        for (int i = 0; i < samples; i++) batch.append(new float[1], new float[1], 1);
        GradientSum sum = new GradientSum(1);
        sum.weight = samples;
        sum.lossSum = samples * loss;
        sum.predictions = new float[samples];
        return Outcomes.of(Loss.MEAN_SQUARED_ERROR, 1, batch, sum);
    }
}
