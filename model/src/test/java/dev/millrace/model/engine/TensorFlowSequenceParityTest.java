package dev.millrace.model.engine;

import dev.millrace.model.spec.ModelSpec;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers over steps and over ids against TensorFlow's operations. */
class TensorFlowSequenceParityTest {
    private static final int ROWS = 8;
    private static final int IDS = 12;
    private static final String ENDING =
            "dense: {units: 3, activation: softmax, bias_initializer: glorot_uniform}]\nloss: categorical_crossentropy\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lstm: {units: 4}",
                "lstm: {units: 5, return_sequences: true}, lstm: {units: 3}",
                "lstm: {units: 2, return_sequences: true}, flatten: {}",
                "self_attention: {key_dim: 4}, flatten: {}",
                "self_attention: {num_heads: 3, key_dim: 2}, global_average_pooling1d: {}",
                "self_attention: {num_heads: 2, key_dim: 3}, layer_normalization: {}, global_max_pooling1d: {}"
            })
    void stepsAreTensorFlows(String layers) {
        ModelSpec spec = ModelSpec.fromYaml("inputs: [6, 3]\nlayers: [" + layers + ", " + ENDING);

        TensorFlowModel.requireParity(spec, ImageModels.parameters(spec), Networks.samples(spec, ROWS, 3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "embedding: {input_dim: 12, output_dim: 4}, flatten: {}",
                "embedding: {input_dim: 12, output_dim: 4}, lstm: {units: 3}",
                "embedding_bag: {input_dim: 12, output_dim: 4}",
                "embedding_bag: {input_dim: 12, output_dim: 4, mode: mean}",
                "sparse_linear: {input_dim: 12, units: 4, activation: tanh}",
                "factorization_machine: {input_dim: 12, factors: 3, activation: sigmoid}"
            })
    void tablesAreTensorFlowsGather(String layers) {
        ModelSpec spec = ModelSpec.fromYaml("inputs: 5\nlayers: [" + layers + ", " + ENDING);
        SampleBatch batch = Networks.samples(spec, ROWS, 3);
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < ROWS * spec.inputs(); i++) batch.features()[i] = random.nextInt(IDS);

        TensorFlowModel.requireParity(spec, ImageModels.parameters(spec), batch);
    }
}
