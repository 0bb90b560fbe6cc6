package dev.millrace.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.Loss;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights are powers of two or small integers, so sums are exact unless said otherwise. */
class OutcomesTest {

    @Test
    void aClassIsRightIfItsOutputIsTheLargest() {
        SampleBatch batch = batch(1, new float[][] {{0}, {2}, {1}}, 1, 2, 4);
        GradientSum sum = sum(7, 3.5, 0.5f, 0.3f, 0.2f, 0.1f, 0.6f, 0.3f, 0.1f, 0.7f, 0.2f);

        Outcomes outcomes = Outcomes.of(Loss.CATEGORICAL_CROSSENTROPY, 3, batch, sum);

        assertThat(outcomes.accuracy()).isEqualTo(5.0 / 7); // the first, weight 1, and the third, weight 4
        assertThat(outcomes.loss()).isEqualTo(0.5);
        assertThat(outcomes.weight()).isEqualTo(7);
        assertThat(outcomes.auc()).isNaN();
    }

    @Test
    void predictionsLeftOverFromALargerBatchAreNotRead() {
        SampleBatch batch = batch(1, new float[][] {{1}, {1}}, 1, 1);
        // two rows of two outputs, and room that an earlier batch of four rows needed
        GradientSum sum = sum(2, 1, 0.2f, 0.8f, 0.3f, 0.7f, 0.9f, 0.1f, 0.9f, 0.1f);

        Outcomes outcomes = Outcomes.of(Loss.CATEGORICAL_CROSSENTROPY, 2, batch, sum);

        assertThat(outcomes.accuracy()).isEqualTo(1);
    }

    @Test
    void aBinaryPredictionIsRightOnItsSideOfOneHalf() {
        SampleBatch batch = batch(1, new float[][] {{1}, {0}, {1}, {0}}, 1, 1, 1, 1);
        GradientSum sum = sum(4, 2, 0.75f, 0.25f, 0.4f, 0.5f);

        Outcomes outcomes = Outcomes.of(Loss.BINARY_CROSSENTROPY, 1, batch, sum);

        assertThat(outcomes.accuracy()).isEqualTo(0.75); // 0.4 for a positive is wrong; 0.5 counts as negative
        assertThat(outcomes.auc()).isEqualTo(0.75); // of pairs (.75 .25) (.75 .5) (.4 .25) (.4 .5) the last is wrong
    }

    @Test
    void ofSeveralBinaryOutputsAllMustBeRight() {
        SampleBatch batch = batch(2, new float[][] {{1, 0}, {1, 1}}, 1, 1);
        GradientSum sum = sum(2, 1, 0.9f, 0.1f, 0.9f, 0.1f);

        Outcomes outcomes = Outcomes.of(Loss.BINARY_CROSSENTROPY, 2, batch, sum);

        assertThat(outcomes.accuracy()).isEqualTo(0.5);
        assertThat(outcomes.auc()).isNaN();
    }

    @Test
    void hingeIsRightOnItsSideOfZeroInEitherCoding() {
        SampleBatch batch = batch(1, new float[][] {{1}, {0}, {-1}, {1}}, 1, 1, 1, 1);
        GradientSum sum = sum(4, 2, 0.1f, -0.1f, -3f, -0.1f);

        Outcomes outcomes = Outcomes.of(Loss.HINGE, 1, batch, sum);

        assertThat(outcomes.accuracy()).isEqualTo(0.75);
        assertThat(outcomes.auc()).isNaN();
    }

    @Test
    void regressionHasNoAccuracy() {
        SampleBatch batch = batch(1, new float[][] {{3}}, 2);
        GradientSum sum = sum(2, 8, 1f);

        Outcomes outcomes = Outcomes.of(Loss.MEAN_SQUARED_ERROR, 1, batch, sum);

        assertThat(outcomes.loss()).isEqualTo(4);
        assertThat(outcomes.accuracy()).isNaN();
    }

    @Test
    void samplesOfWeightZeroDoNotCount() {
        SampleBatch batch = batch(1, new float[][] {{1}, {1}}, 0, 1);
        GradientSum sum = sum(1, 1, 0.1f, 0.9f);

        Outcomes outcomes = Outcomes.of(Loss.BINARY_CROSSENTROPY, 1, batch, sum);

        assertThat(outcomes.accuracy()).isEqualTo(1);
    }

    @Test
    void nothingHasNoRatios() {
        Outcomes outcomes = new Outcomes();

        assertThat(outcomes.weight()).isZero();
        assertThat(outcomes.loss()).isNaN();
        assertThat(outcomes.accuracy()).isNaN();
        assertThat(outcomes.auc()).isNaN();
    }

    @Test
    void mergingIsAssociativeAndCommutative() throws IOException {
        Outcomes left = random(new SplittableRandom(1));
        left.merge(random(new SplittableRandom(2)));
        left.merge(random(new SplittableRandom(3)));
        Outcomes tail = random(new SplittableRandom(3));
        tail.merge(random(new SplittableRandom(2)));
        Outcomes right = random(new SplittableRandom(1));
        right.merge(tail);

        assertThat(bytes(left)).isEqualTo(bytes(right));
    }

    @Test
    void whatIsReadEqualsWhatWasWritten() throws IOException {
        Outcomes outcomes = random(new SplittableRandom(5));

        Outcomes read = Outcomes.read(new DataInputStream(new ByteArrayInputStream(bytes(outcomes))));

        assertThat(bytes(read)).isEqualTo(bytes(outcomes));
        assertThat(read.auc()).isEqualTo(outcomes.auc()).isBetween(0.0, 1.0);
        assertThat(read.loss()).isEqualTo(outcomes.loss());
        assertThat(read.accuracy()).isEqualTo(outcomes.accuracy());
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void aSampleTakesNoMemory(Loss loss) {
        int outputs = loss == Loss.CATEGORICAL_CROSSENTROPY ? 3 : 2;

        long few = allocated(loss, outputs, 2);

        assertThat(few).isPositive();
        // Not a byte a sample: what the compiler has removed of the rest by then may differ by some hundred.
        assertThat(allocated(loss, outputs, 2000)).isBetween(few - 1_000, few + 1_000);
    }

    /** What condensing a mini-batch allocates, once classes are loaded. */
    private static long allocated(Loss loss, int outputs, int rows) {
        SampleBatch batch = new SampleBatch(1, loss.labelWidth(outputs), rows);
        batch.setRows(rows);
        Arrays.fill(batch.weights(), 1);
        GradientSum sum = sum(rows, rows, new float[rows * outputs]);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = 0;
        for (int i = 0; i < 2; i++) {
            before = threads.getCurrentThreadAllocatedBytes();
            Outcomes.of(loss, outputs, batch, sum);
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void emptyOutcomesTakeFewBytes() throws IOException {
        byte[] bytes = bytes(new Outcomes());

        // the format, seven sums and weights, the numbers of histogram bins, classes, those that occur and bins in use
        assertThat(bytes).hasSize(1 + 7 * Double.BYTES + 3 * Short.BYTES + 1);
    }

    @Test
    void aucIsWithinItsBoundOfTheExactOne() {
        SplittableRandom random = new SplittableRandom(42);
        for (double separation : new double[] {0, 0.05, 0.3, 1}) {
            int n = 2000;
            float[] scores = new float[n];
            boolean[] positive = new boolean[n];
            ScoreHistogram histogram = new ScoreHistogram();
            for (int i = 0; i < n; i++) {
                positive[i] = random.nextInt(4) == 0;
                scores[i] = (float) Math.min(1, random.nextDouble() * 0.5 + (positive[i] ? separation / 2 : 0));
                histogram.add(scores[i], positive[i], 1);
            }

            double auc = histogram.auc();

            assertThat(auc).isCloseTo(exactAuc(scores, positive), within(bound(scores, positive) + 1e-12));
        }
    }

    /** All pairs, ties counting half. */
    private static double exactAuc(float[] scores, boolean[] positive) {
        double won = 0;
        double pairs = 0;
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores.length; j++) {
                if (!positive[i] || positive[j]) continue;
                pairs++;
                won += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
            }
        }
        return won / pairs;
    }

    /** {@code sum_b p_b n_b / (2 P N)} as the javadoc has it. */
    private static double bound(float[] scores, boolean[] positive) {
        double[][] bins = new double[2][ScoreHistogram.BINS];
        double[] total = new double[2];
        for (int i = 0; i < scores.length; i++) {
            bins[positive[i] ? 1 : 0][Math.min(ScoreHistogram.BINS - 1, (int) (scores[i] * ScoreHistogram.BINS))]++;
            total[positive[i] ? 1 : 0]++;
        }
        double ties = 0;
        for (int b = 0; b < ScoreHistogram.BINS; b++) ties += bins[0][b] * bins[1][b];
        return ties / (2 * total[0] * total[1]);
    }

    @Test
    void everyBinSurvivesWriting() throws IOException {
        ScoreHistogram histogram = new ScoreHistogram();
        for (int i = 0; i < ScoreHistogram.BINS; i++)
            histogram.add((i + 0.5f) / ScoreHistogram.BINS, i % 3 == 0, i + 1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        histogram.write(new DataOutputStream(bytes));

        ScoreHistogram read = new ScoreHistogram();
        read.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));

        assertThat(read).usingRecursiveComparison().isEqualTo(histogram);
    }

    static Outcomes random(SplittableRandom random) {
        float[][] labels = new float[20][1];
        float[] weights = new float[20];
        float[] predictions = new float[20];
        for (int i = 0; i < 20; i++) {
            labels[i][0] = random.nextInt(2);
            weights[i] = random.nextInt(4);
            predictions[i] = random.nextInt(1, 64) / 64f;
        }
        GradientSum sum = sum(20, random.nextInt(1000) / 8.0, predictions);
        return Outcomes.of(Loss.BINARY_CROSSENTROPY, 1, batch(1, labels, weights), sum);
    }

    static byte[] bytes(Outcomes outcomes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        outcomes.write(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static SampleBatch batch(int labelWidth, float[][] labels, float... weights) {
        SampleBatch batch = new SampleBatch(1, labelWidth, labels.length);
        for (int i = 0; i < labels.length; i++) batch.append(new float[1], labels[i], weights[i]);
        return batch;
    }

    private static GradientSum sum(double weight, double lossSum, float... predictions) {
        GradientSum sum = new GradientSum(1);
        sum.weight = weight;
        sum.lossSum = lossSum;
        sum.predictions = predictions;
        return sum;
    }
}
