package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an engine tells of single samples, against batches of one. */
class SampleStatisticsTest {

    @ParameterizedTest
    @CsvSource({
        "relu, 3, softmax, categorical_crossentropy",
        "tanh, 1, sigmoid, binary_crossentropy",
        "sigmoid, 2, linear, mean_squared_error"
    })
    void squaredNormsAreThoseOfTheSamplesOwnGradients(String hidden, int outputs, String activation, String loss) {
        ModelSpec spec = Models.of(7, hidden, outputs, activation, loss);
        float[] parameters = spec.initialParameters(3);
        SampleBatch batch = Models.batch(spec, 70, 4);
        batch.weights()[5] = 0;
        double expected = 0;

        GradientSum sum = new GradientSum(parameters.length, true);
        try (GradientEngine engine = Engines.factory("nd4j").create(spec)) {
            engine.upload(0, parameters, parameters.length);
            for (int i = 0; i < batch.rows(); i++) {
                for (float g : Models.gradient(engine, parameters, row(batch, i), 1).gradient)
                    expected += g * (double) g;
            }
            engine.lossAndGradient(batch, 16, sum);
        }

        assertThat(sum.squaredNormSum / expected).isCloseTo(1, within(1e-5)); // float32 sums of few terms
    }

    @Test
    void normsThatNobodyWantsAreNotANumber() {
        ModelSpec spec = Models.of(7, "relu", 3, "softmax", "categorical_crossentropy");

        try (GradientEngine engine = Engines.factory("nd4j").create(spec)) {
            GradientSum sum = Models.gradient(engine, spec.initialParameters(3), Models.batch(spec, 5, 1), 5);

            assertThat(sum.squaredNormSum).isNaN();
        }
    }

    @Test
    void pieceLossesAreMeansOf32SamplesInOrderWhateverTheMicroBatch() {
        ModelSpec spec = Models.of(7, "relu", 3, "softmax", "categorical_crossentropy");
        float[] parameters = spec.initialParameters(3);
        SampleBatch batch = Models.batch(spec, 32 + 32 + 16, 9);

        try (GradientEngine engine = Engines.factory("nd4j").create(spec)) {
            float[] expected = new float[3];
            for (int piece = 0; piece < 3; piece++) {
                GradientSum part = new GradientSum(parameters.length);
                SampleBatch rows = new SampleBatch(7, 1, 32);
                for (int i = 32 * piece; i < Math.min(32 * piece + 32, 80); i++) rows.append(row(batch, i));
                engine.upload(0, parameters, parameters.length);
                engine.lossAndGradient(rows, 32, part);
                expected[piece] = (float) (part.lossSum / part.weight);
            }

            for (int microBatch : new int[] {1, 7, 32, 1000}) {
                GradientSum sum = Models.gradient(engine, parameters, batch, microBatch);

                assertThat(Arrays.copyOf(sum.pieceLosses, sum.pieceCount)).containsExactly(expected, within(1e-6f));
            }
        }
    }

    @Test
    void fifteenSamplesAtTheEndMakeNoPiece() {
        ModelSpec spec = Models.of(7, "relu", 3, "softmax", "categorical_crossentropy");

        try (GradientEngine engine = Engines.factory("nd4j").create(spec)) {
            GradientSum sum = Models.gradient(engine, spec.initialParameters(3), Models.batch(spec, 47, 1), 47);

            assertThat(sum.pieceCount).isEqualTo(1);
        }
    }

    private static SampleBatch row(SampleBatch batch, int i) {
        SampleBatch row = new SampleBatch(batch.featureWidth(), batch.labelWidth(), 1);
        int width = batch.featureWidth();
        float[] features = Arrays.copyOfRange(batch.features(), i * width, (i + 1) * width);
        int labels = batch.labelWidth();
        row.append(features, Arrays.copyOfRange(batch.labels(), i * labels, (i + 1) * labels), batch.weights()[i]);
        return row;
    }
}
