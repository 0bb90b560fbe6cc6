package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.table.TouchedRows;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers whose inputs are ids: their gradients against central differences, one-hot dense layers and sums over pairs. */
class TableLayersTest {
    private static final int IDS = 5;
    private static final int ROWS = 12;
    private static final String ENDING = """
              - dense: {units: 3, activation: softmax}
            loss: categorical_crossentropy
            """;

    private static ModelSpec model(String layer, String ending) {
        return ModelSpec.fromYaml("name: ids\ninputs: 5\nlayers:\n  - " + layer + "\n" + ending);
    }

    /** Ids with repetitions within a sample, and zeros. */
    private static SampleBatch samples(ModelSpec spec, int rows, long seed) {
        SampleBatch batch = Networks.samples(spec, rows, seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < rows * IDS; i++) batch.features()[i] = random.nextInt(ROWS);
        return batch;
    }

    private static float[] random(ModelSpec spec, long seed) {
        float[] parameters = new float[spec.layout().size()];
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < parameters.length; i++) parameters[i] = (float) (random.nextDouble() - 0.5);
        return parameters;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "embedding: {input_dim: 12, output_dim: 4}\n  - flatten",
                "embedding: {input_dim: 12, output_dim: 4, mask_zero: true}\n  - flatten",
                "embedding_bag: {input_dim: 12, output_dim: 4}",
                "embedding_bag: {input_dim: 12, output_dim: 4, mode: mean, mask_zero: true}",
                "sparse_linear: {input_dim: 12, units: 4, activation: tanh}",
                "sparse_linear: {input_dim: 12, units: 1, activation: sigmoid, mask_zero: true}",
                "factorization_machine: {input_dim: 12, factors: 3, activation: tanh}",
                "factorization_machine: {input_dim: 12, factors: 3, mask_zero: true}"
            })
    void theGradientMatchesCentralDifferences(String layer) {
        ModelSpec spec = model(layer, ENDING);
        float[] parameters = random(spec, 5);
        SampleBatch batch = samples(spec, 7, 3);
        GradientSum sum = new GradientSum(spec.layout().denseSize());
        try (GradientEngine engine = Networks.engine(spec, parameters)) {
            engine.lossAndGradient(batch, 3, sum); // in several chunks
            float[] analytic = Networks.flat(spec.layout(), sum);
            GradientSum moved = new GradientSum(spec.layout().denseSize());
            for (int p = 0; p < parameters.length; p++) {
                float[] nearby = parameters.clone();
                nearby[p] += 1e-2f;
                engine.upload(0, nearby, nearby.length);
                engine.lossAndGradient(batch, 64, moved);
                double above = moved.lossSum;
                nearby[p] = parameters[p] - 1e-2f;
                engine.upload(0, nearby, nearby.length);
                engine.lossAndGradient(batch, 64, moved);

                double slope = (above - moved.lossSum) / 2e-2;
                assertThat((double) analytic[p]).isCloseTo(slope, within(2e-3 * (1 + Math.abs(slope))));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "embedding: {input_dim: 12, output_dim: 4}\n  - flatten",
                "embedding_bag: {input_dim: 12, output_dim: 4, mode: mean}",
                "sparse_linear: {input_dim: 12, units: 4, activation: tanh}",
                "factorization_machine: {input_dim: 12, factors: 3}"
            })
    void theNormsAreThoseOfTheSamplesOwnGradients(String layer) {
        ModelSpec spec = model(layer, ENDING);
        float[] parameters = random(spec, 5);
        SampleBatch batch = samples(spec, 7, 3);
        GradientSum sum = new GradientSum(spec.layout().denseSize(), true);
        double expected = 0;
        try (GradientEngine engine = Networks.engine(spec, parameters)) {
            engine.lossAndGradient(batch, 64, sum);
            float[] whole = Networks.flat(spec.layout(), sum);
            float[] added = new float[whole.length];
            for (int i = 0; i < batch.rows(); i++) {
                GradientSum alone = new GradientSum(spec.layout().denseSize());
                engine.lossAndGradient(row(batch, i), 64, alone);
                float[] gradient = Networks.flat(spec.layout(), alone);
                for (int p = 0; p < gradient.length; p++) {
                    expected += gradient[p] * (double) gradient[p];
                    added[p] += gradient[p];
                }
            }
            assertThat(Models.relativeError(whole, added)).isLessThan(1e-5);
        }

        assertThat(sum.squaredNormSum).isCloseTo(expected, within(1e-5 * expected));
    }

    private static SampleBatch row(SampleBatch batch, int i) {
        SampleBatch row = new SampleBatch(batch.featureWidth(), batch.labelWidth(), 1);
        row.setRows(1);
        System.arraycopy(batch.features(), i * batch.featureWidth(), row.features(), 0, batch.featureWidth());
        System.arraycopy(batch.labels(), i * batch.labelWidth(), row.labels(), 0, batch.labelWidth());
        row.weights()[0] = batch.weights()[i];
        return row;
    }

    @Test
    void aSparseLinearLayerIsADenseOneOverOneHotVectors() {
        String loss = "loss: categorical_crossentropy\n";
        ModelSpec sparse = model("sparse_linear: {input_dim: 12, units: 3, activation: softmax}", loss);
        ModelSpec dense = ModelSpec.fromYaml(
                "name: hot\ninputs: 12\nlayers:\n  - dense: {units: 3, activation: softmax}\n" + loss);
        float[] parameters = random(sparse, 9); // bias [3], kernel [12, 3]
        float[] transposed = new float[parameters.length]; // kernel [3, 12], bias [3]
        for (int row = 0; row < 12; row++)
            for (int k = 0; k < 3; k++) transposed[k * 12 + row] = parameters[3 + row * 3 + k];
        System.arraycopy(parameters, 0, transposed, 36, 3);
        SampleBatch ids = samples(sparse, 40, 4);
        SampleBatch hot = Networks.samples(dense, 40, 4);
        System.arraycopy(ids.labels(), 0, hot.labels(), 0, 40);
        System.arraycopy(ids.weights(), 0, hot.weights(), 0, 40);
        for (int i = 0; i < 40; i++) {
            float[] counts = new float[12];
            for (int k = 0; k < IDS; k++) counts[(int) ids.features()[i * IDS + k]]++;
            System.arraycopy(counts, 0, hot.features(), i * 12, 12);
        }

        GradientSum ours = new GradientSum(3);
        GradientSum theirs = new GradientSum(39);
        float[] gradient;
        try (GradientEngine engine = Networks.engine(sparse, parameters)) {
            engine.lossAndGradient(ids, 64, ours);
            gradient = Networks.flat(sparse.layout(), ours);
        }
        try (GradientEngine engine = Networks.engine(dense, transposed)) {
            engine.lossAndGradient(hot, 64, theirs);
        }

        assertThat(ours.lossSum).isCloseTo(theirs.lossSum, within(1e-4));
        for (int row = 0; row < 12; row++) {
            for (int k = 0; k < 3; k++) {
                assertThat(gradient[3 + row * 3 + k]).isCloseTo(theirs.gradient[k * 12 + row], within(1e-4f));
            }
        }
    }

    @Test
    void aFactorizationMachineSumsOverAllPairs() {
        ModelSpec spec = model("factorization_machine: {input_dim: 12, factors: 3}", "loss: mean_squared_error\n");
        float[] parameters = random(spec, 2);
        float[] ids = {3, 7, 0, 3, 11};
        SampleBatch batch = new SampleBatch(IDS, 1, 1);
        batch.append(ids, new float[1], 1);
        double expected = parameters[0];
        for (int i = 0; i < IDS; i++) {
            int a = 1 + 4 * (int) ids[i];
            expected += parameters[a];
            for (int j = i + 1; j < IDS; j++) {
                int b = 1 + 4 * (int) ids[j];
                for (int f = 1; f <= 3; f++) expected += (double) parameters[a + f] * parameters[b + f];
            }
        }

        float[] prediction = new float[1];
        try (GradientEngine engine = Networks.engine(spec, parameters)) {
            engine.predict(batch, 1, prediction);
        }

        assertThat((double) prediction[0]).isCloseTo(expected, within(1e-5));
    }

    @Test
    void onlyTheRowsOfTheIdsAreTouched() {
        ModelSpec spec = model("embedding_bag: {input_dim: 1000000, output_dim: 2, mask_zero: true}", ENDING);
        SampleBatch batch = new SampleBatch(IDS, 1, 2);
        batch.append(new float[] {0, 999_999, 17, 17, 0}, new float[] {1}, 1);
        batch.append(new float[] {17, 0, 0, 0, 400_000}, new float[] {2}, 0); // of no weight
        GradientSum sum = new GradientSum(spec.layout().denseSize());
        try (GradientEngine engine = Networks.engine(spec, random(spec, 1))) {
            engine.lossAndGradient(batch, 64, sum);

            TouchedRows rows = sum.rows[0];
            assertThat(rows.count()).isEqualTo(2);
            assertThat(new int[] {rows.ids()[0], rows.ids()[1]}).containsExactly(999_999, 17);
            assertThat(rows.values()[2]).isCloseTo(2 * rows.values()[0], within(1e-6f));
        }
    }

    @Test
    void uploadedRowsTakeThePlaceOfThoseBefore() {
        ModelSpec spec = model("sparse_linear: {input_dim: 12, units: 1}", "loss: mean_squared_error\n");
        SampleBatch batch = new SampleBatch(IDS, 1, 1);
        batch.append(new float[] {3, 3, 4, 5, 6}, new float[1], 1);
        float[] prediction = new float[1];
        try (GradientEngine engine = Networks.engine(spec, new float[13])) {
            engine.uploadRows(0, new int[] {3, 6, 9}, new float[] {2, 0.5f, 100}, 2);
            engine.predict(batch, 1, prediction);
        }

        assertThat(prediction[0]).isEqualTo(4.5f);
    }

    @Test
    void anIdOutsideTheTableIsNamed() {
        ModelSpec spec = model("embedding_bag: {input_dim: 12, output_dim: 2}", ENDING);
        SampleBatch batch = new SampleBatch(IDS, 1, 1);
        batch.append(new float[] {0, 12, 0, 0, 0}, new float[1], 1);
        try (GradientEngine engine = Networks.engine(spec, random(spec, 1))) {
            assertThatThrownBy(() -> engine.predict(batch, 1, new float[3]))
                    .hasMessage("id must be in 0..11. Received: 12");
            assertThatThrownBy(() -> engine.uploadRows(0, new int[] {12}, new float[2], 1))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
