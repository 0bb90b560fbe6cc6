package dev.millrace.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.Loss;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against scikit-learn 1.2.1, {@code src/test/python/metric_figures.py}, whole and in mini-batches that are merged, as they
 * were written and read. Figures are printed with ten digits, and the script rounds the probabilities' squares as float32:
 * hence the tolerance.
 */
class MetricFiguresTest {
    private static final Offset<Double> PRINTED = within(1e-7);
    private static final float[] WEIGHTS = {1, 2, 1, 0.5f, 1, 4, 1, 1};

    @ParameterizedTest(name = "in mini-batches of {0}")
    @ValueSource(ints = {8, 3, 1})
    void classes(int size) throws IOException {
        float[] labels = {0, 1, 2, 2, 1, 0, 2, 1};
        float[] softmax = {
            0.71f, 0.19f, 0.10f, 0.25f, 0.55f, 0.20f, 0.15f, 0.05f, 0.80f, 0.45f, 0.14f, 0.41f,
            0.52f, 0.30f, 0.18f, 0.91f, 0.05f, 0.04f, 0.31f, 0.35f, 0.34f, 0.11f, 0.84f, 0.05f
        };

        Outcomes outcomes = outcomes(Loss.CATEGORICAL_CROSSENTROPY, 1, 3, labels, softmax, size);

        expect(outcomes, 0, 0.7692307692, 1, 0.8695652174, 5);
        expect(outcomes, 1, 0.75, 0.75, 0.75, 4);
        expect(outcomes, 2, 1, 0.4, 0.5714285714, 2.5);
        expectMacro(outcomes, 0.8397435897, 0.7166666667, 0.7303312629);
        assertThat(outcomes.accuracy()).isCloseTo(0.7826086957, PRINTED);
        assertThat(outcomes.calibration().error()).isCloseTo(0.2613043370, PRINTED);
        assertThat(outcomes.calibration().brierScore()).isCloseTo(0.2283739074, PRINTED);
        assertThat(outcomes.calibration().happened()).isCloseTo(outcomes.accuracy(), PRINTED);
        assertThat(outcomes.hammingLoss()).isNaN();
        assertThat(outcomes.errors().rmse()).isNaN();
    }

    @ParameterizedTest(name = "in mini-batches of {0}")
    @ValueSource(ints = {8, 3, 1})
    void binary(int size) throws IOException {
        float[] labels = {1, 0, 1, 0, 1, 0, 0, 1};
        float[] sigmoid = {0.82f, 0.11f, 0.43f, 0.61f, 0.97f, 0.28f, 0.05f, 0.74f};

        Outcomes outcomes = outcomes(Loss.BINARY_CROSSENTROPY, 1, 1, labels, sigmoid, size);

        expect(outcomes, 0, 0.875, 0.9333333333, 0.9032258065, 7.5);
        expect(outcomes, 1, 0.8571428571, 0.75, 0.8, 4);
        expectMacro(outcomes, 0.8660714286, 0.8416666667, 0.8516129032);
        assertThat(outcomes.calibration().error()).isCloseTo(0.2378260846, PRINTED);
        assertThat(outcomes.calibration().brierScore()).isCloseTo(0.0827956521, PRINTED);
        assertThat(outcomes.hammingLoss()).isNaN();
    }

    @ParameterizedTest(name = "in mini-batches of {0}")
    @ValueSource(ints = {8, 3, 1})
    void severalLabels(int size) throws IOException {
        float[] labels = {1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1};
        float[] sigmoids = {
            0.91f, 0.22f, 0.64f, 0.31f, 0.72f, 0.12f, 0.77f, 0.44f, 0.58f, 0.08f, 0.17f, 0.85f,
            0.63f, 0.52f, 0.28f, 0.24f, 0.88f, 0.48f, 0.13f, 0.07f, 0.56f, 0.69f, 0.94f, 0.75f
        };

        Outcomes outcomes = outcomes(Loss.BINARY_CROSSENTROPY, 3, 3, labels, sigmoids, size);

        expect(outcomes, 0, 1, 1, 1, 4);
        expect(outcomes, 1, 0.875, 0.875, 0.875, 8);
        expect(outcomes, 2, 0.5555555556, 0.3846153846, 0.4545454545, 6.5);
        expectMacro(outcomes, 0.8101851852, 0.7532051282, 0.7765151515);
        assertThat(outcomes.accuracy()).as("of whole sets").isCloseTo(0.3913043478, PRINTED);
        assertThat(outcomes.hammingLoss()).isCloseTo(0.2318840580, PRINTED);
        assertThat(outcomes.calibration().error()).isCloseTo(0.2518840577, PRINTED);
        assertThat(outcomes.calibration().brierScore()).isCloseTo(0.1057565214, PRINTED);
    }

    @ParameterizedTest(name = "in mini-batches of {0}")
    @ValueSource(ints = {8, 3, 1})
    void numbers(int size) throws IOException {
        float[] labels = {3, -0.5f, 2, 7, -1, 1, 4, 0, 1.5f, 2, 0, 3, 2.5f, -2, 5, 6};
        float[] predicted = {2.5f, 0, 2.5f, 5, -2, 1.5f, 3, 0.5f, 1, 2, 0.5f, 2, 3, -1, 5.5f, 6.5f};

        Outcomes outcomes = outcomes(Loss.MEAN_SQUARED_ERROR, 2, 2, labels, predicted, size);

        assertThat(outcomes.errors().rmse()).isCloseTo(0.8815746781, PRINTED);
        assertThat(outcomes.errors().mae()).isCloseTo(0.75, PRINTED);
        assertThat(outcomes.errors().r2()).isCloseTo(0.8532089619, PRINTED);
        assertThat(outcomes.classes().table()).isEmpty();
        assertThat(outcomes.classes().macroF1()).isNaN();
        assertThat(outcomes.calibration().error()).isNaN();
        assertThat(outcomes.calibration().brierScore()).isNaN();
    }

    private static void expect(Outcomes of, int label, double precision, double recall, double f1, double support) {
        ClassScore score = of.classes().table().get(label);
        assertThat(score.label()).isEqualTo(label);
        assertThat(score.precision()).isCloseTo(precision, PRINTED);
        assertThat(score.recall()).isCloseTo(recall, PRINTED);
        assertThat(score.f1()).isCloseTo(f1, PRINTED);
        assertThat(score.support()).isEqualTo(support);
    }

    private static void expectMacro(Outcomes of, double precision, double recall, double f1) {
        assertThat(of.classes().macroPrecision()).isCloseTo(precision, PRINTED);
        assertThat(of.classes().macroRecall()).isCloseTo(recall, PRINTED);
        assertThat(of.classes().macroF1()).isCloseTo(f1, PRINTED);
    }

    private static Outcomes outcomes(
            Loss loss, int labelWidth, int outputs, float[] labels, float[] predictions, int size) throws IOException {
        Outcomes all = new Outcomes();
        for (int from = 0; from < WEIGHTS.length; from += size) {
            int rows = Math.min(size, WEIGHTS.length - from);
            SampleBatch batch = new SampleBatch(1, labelWidth, rows);
            GradientSum sum = new GradientSum(1);
            sum.predictions = new float[rows * outputs];
            System.arraycopy(predictions, from * outputs, sum.predictions, 0, rows * outputs);
            System.arraycopy(labels, from * labelWidth, batch.labels(), 0, rows * labelWidth);
            System.arraycopy(WEIGHTS, from, batch.weights(), 0, rows);
            batch.setRows(rows);
            all.merge(travelled(Outcomes.of(loss, outputs, batch, sum)));
        }
        return travelled(all);
    }

    private static Outcomes travelled(Outcomes outcomes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        outcomes.write(new DataOutputStream(bytes));
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        Outcomes read = Outcomes.read(in);
        assertThat(in.read()).as("a byte too many").isEqualTo(-1);
        return read;
    }
}
