package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.Moments;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Branches that are joined or added: gradients against central differences, and models of the same meaning without branches. */
class BranchesTest {
    private static final String WIDE_AND_DEEP = """
            name: wide-and-deep
            inputs: 5
            layers:
              - add:
                  activation: sigmoid
                  branches:
                    - inputs: [2, 5]
                      layers: [{sparse_linear: {input_dim: 6, units: 1}}]
                    - layers:
                        - concatenate:
                            branches:
                              - {inputs: [0, 2], layers: [{dense: {units: 3, activation: tanh}}]}
                              - {inputs: [2, 5], layers: [{embedding: {input_dim: 6, output_dim: 2}}, flatten]}
                        - dense: {units: 4, activation: tanh}
                        - dense: {units: 1}
            loss: binary_crossentropy
            """;

    private static final String WITHIN = """
            inputs: 4
            layers:
              - dense: {units: 5, activation: tanh}
              - concatenate:
                  branches:
                    - {layers: [{dense: {units: 3, activation: sigmoid}}]}
                    - {inputs: [1, 4], layers: [{dense: {units: 2, activation: tanh}}, {layer_normalization: {}}]}
                    - {inputs: [0, 2], layers: [flatten]}
              - dense: {units: 3, activation: softmax}
            loss: categorical_crossentropy
            """;

    private static final String ADDED = """
            inputs: 4
            layers:
              - dense: {units: 3}
              - add:
                  activation: relu
                  branches:
                    - {layers: [flatten]}
                    - {layers: [{dense: {units: 6, activation: tanh}}, {dense: {units: 3}}]}
              - dense: {units: 2}
            loss: mean_squared_error
            """;

    private static SampleBatch samples(ModelSpec spec, int rows) {
        SampleBatch batch = Networks.samples(spec, rows, 3);
        SplittableRandom random = new SplittableRandom(8);
        int[] ids = spec.ids();
        for (int i = 0; i < rows * ids.length; i++) {
            int count = ids[i % ids.length];
            if (count > 0) batch.features()[i] = random.nextInt(count);
        }
        return batch;
    }

    private static float[] random(ModelSpec spec) {
        float[] parameters = new float[spec.layout().size()];
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < parameters.length; i++) parameters[i] = (float) (random.nextDouble() - 0.5);
        return parameters;
    }

    @ParameterizedTest
    @ValueSource(strings = {WIDE_AND_DEEP, WITHIN, ADDED})
    void theGradientMatchesCentralDifferences(String yaml) {
        ModelSpec spec = ModelSpec.fromYaml(yaml);
        float[] parameters = random(spec);
        SampleBatch batch = samples(spec, 6);
        int dense = spec.layout().denseSize();
        GradientSum sum = new GradientSum(dense);
        GradientSum moved = new GradientSum(dense);
        try (GradientEngine engine = Networks.engine(spec, parameters)) {
            engine.lossAndGradient(batch, 4, sum);
            float[] analytic = sum.gradient.clone();
            for (int p = 0; p < dense; p++) {
                float[] nearby = parameters.clone();
                nearby[p] += 1e-2f;
                engine.upload(0, nearby, nearby.length);
                engine.lossAndGradient(batch, 64, moved);
                double above = moved.lossSum;
                nearby[p] = parameters[p] - 1e-2f;
                engine.upload(0, nearby, nearby.length);
                engine.lossAndGradient(batch, 64, moved);

                double slope = (above - moved.lossSum) / 2e-2;
                assertThat((double) analytic[p])
                        .as("parameter %s", p)
                        .isCloseTo(slope, within(2e-3 * (1 + Math.abs(slope))));
            }
        }
    }

    @Test
    void twoDenseBranchesSideBySideAreOneDenseLayer() {
        ModelSpec branched = ModelSpec.fromYaml("""
                inputs: 4
                layers:
                  - concatenate:
                      branches:
                        - {layers: [{dense: {units: 3, activation: tanh}}]}
                        - {layers: [{dense: {units: 2, activation: tanh}}]}
                  - dense: {units: 3, activation: softmax}
                loss: categorical_crossentropy
                """);
        ModelSpec plain = ModelSpec.fromYaml("""
                inputs: 4
                layers:
                  - dense: {units: 5, activation: tanh}
                  - dense: {units: 3, activation: softmax}
                loss: categorical_crossentropy
                """);
        float[] parameters = random(branched); // kernel [3, 4], bias [3], kernel [2, 4], bias [2], the rest
        float[] moved = parameters.clone(); // kernel [5, 4], bias [5], the rest
        System.arraycopy(parameters, 15, moved, 12, 8);
        System.arraycopy(parameters, 12, moved, 20, 3);
        SampleBatch batch = samples(branched, 50);

        GradientSum ours = Networks.gradient(branched, parameters, batch, 64);
        GradientSum theirs = Networks.gradient(plain, moved, batch, 64);

        assertThat(ours.lossSum).isCloseTo(theirs.lossSum, within(1e-5));
        for (int i = 0; i < 8; i++) assertThat(ours.gradient[15 + i]).isCloseTo(theirs.gradient[12 + i], within(1e-5f));
        for (int i = 25; i < parameters.length; i++) {
            assertThat(ours.gradient[i]).isCloseTo(theirs.gradient[i], within(1e-5f));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {WIDE_AND_DEEP, WITHIN, ADDED})
    void theNormsAreThoseOfTheSamplesOwnGradients(String yaml) {
        ModelSpec spec = ModelSpec.fromYaml(yaml);
        SampleBatch batch = samples(spec, 9);
        GradientSum sum = new GradientSum(spec.layout().denseSize(), true);
        GradientSum alone = new GradientSum(spec.layout().denseSize(), true);
        double expected = 0;
        try (GradientEngine engine = Networks.engine(spec, random(spec))) {
            engine.lossAndGradient(batch, 64, sum);
            double all = sum.squaredNormSum;
            SampleBatch row = new SampleBatch(spec.inputs(), spec.labelWidth(), 1);
            for (int i = 0; i < batch.rows(); i++) {
                row.setRows(1);
                System.arraycopy(batch.features(), i * spec.inputs(), row.features(), 0, spec.inputs());
                System.arraycopy(batch.labels(), i * spec.labelWidth(), row.labels(), 0, spec.labelWidth());
                row.weights()[0] = batch.weights()[i];
                engine.lossAndGradient(row, 64, alone);
                for (float g : alone.gradient) expected += g * (double) g;
                if (alone.rows.length == 0) continue;
                for (var rows : alone.rows) {
                    for (int k = 0; k < rows.size(); k++) expected += rows.values()[k] * (double) rows.values()[k];
                }
            }
            assertThat(all).isCloseTo(expected, within(1e-5 * expected));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {WIDE_AND_DEEP, WITHIN, ADDED})
    void aSpecificationSurvivesItsJson(String yaml) {
        ModelSpec spec = ModelSpec.fromYaml(yaml);

        assertThat(ModelSpec.fromJson(spec.toJson())).isEqualTo(spec);
    }

    @Test
    void tablesLieBehindTheDenseParametersOfAllBranches() {
        ModelSpec spec = ModelSpec.fromYaml(WIDE_AND_DEEP);

        assertThat(spec.layout().tables())
                .extracting(table -> table.name() + table.shape())
                .containsExactly("sparse_linear_1_1_1/kernel[6, 1]", "embedding_1_2_1_2_1/embeddings[6, 2]");
        assertThat(spec.layout().tables().get(0).offset())
                .isEqualTo(spec.layout().denseSize());
        assertThat(spec.layout().size()).isEqualTo(spec.layout().denseSize() + 6 + 12);
        assertThat(spec.ids()).containsExactly(0, 0, 6, 6, 6);
    }

    @Test
    void aBranchMayStandardizeItsInputs() {
        ModelSpec spec = ModelSpec.fromYaml("""
                inputs: 5
                layers:
                  - add:
                      branches:
                        - {inputs: [3, 5], layers: [{dense: {units: 1}}]}
                        - {inputs: [0, 3], layers: [normalization, {dense: {units: 1}}]}
                loss: mean_squared_error
                """);

        assertThat(spec.moments()).isEqualTo(List.of(new Moments(3, 3, Double.POSITIVE_INFINITY)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{inputs: [0, 2], layers: [flatten]}, {inputs: [2, 9], layers: [flatten]}]"
                        + "|a branch with inputs [2, 9] takes a flat input of at least 9 values. Received: [4]",
                "[{inputs: [2, 2], layers: [flatten]}, {layers: [flatten]}]"
                        + "|inputs must be [first, end], two integers with 0 <= first < end. Received: [2, 2]",
                "[{layers: [flatten]}]|branches must be a list of at least 2",
                "[{layers: [flatten]}, {layers: []}]|layers must be a list of at least one layer",
                "[{layers: [flatten]}, {layers: [{dense: {units: 3}}], input: 3}]|input: unknown key; did you mean inputs?",
                "[{layers: [flatten]}, {layers: [{dense: {units: 3}}]}]"
                        + "|takes branches of equal outputs, [4]. Received: [3] from dense_1_2_1",
                "[{layers: [{dense: {units: 4}}, {embedding_bag: {input_dim: 9, output_dim: 4}}]}, {layers: [flatten]}]"
                        + "|place must be first: it takes ids, which no layer gives. Received: 1_1_2"
            })
    void mistakesAreNamed(String mistake) {
        String[] parts = mistake.split("\\|", 2);
        String yaml =
                "inputs: 4\nlayers:\n  - add:\n      branches: %s\nloss: mean_squared_error\n".formatted(parts[0]);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSpec.fromYaml(yaml))
                .withMessageContaining(parts[1]);
    }
}
