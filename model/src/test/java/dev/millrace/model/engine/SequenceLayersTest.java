package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** LSTM, self-attention and pooling over steps, against the same in float64, and against themselves. */
class SequenceLayersTest {
    private static final double ROUNDING = 2e-6; // of the gradient, relative, added up in another order
    private static final int ROWS = 5;
    private static final int STEPS = 6;
    private static final int FEATURES = 3;

    static Stream<String> layers() {
        return Stream.of(
                "lstm: {units: 4}",
                "lstm: {units: 1, mask_zero: true}",
                "lstm: {units: 4, return_sequences: true, mask_zero: true}, lstm: {units: 3, mask_zero: true}",
                "lstm: {units: 2, return_sequences: true}, flatten: {}",
                "self_attention: {key_dim: 4}, flatten: {}",
                "self_attention: {num_heads: 3, key_dim: 2, mask_zero: true},"
                        + " global_average_pooling1d: {mask_zero: true}",
                "lstm: {units: 4, return_sequences: true, mask_zero: true}, self_attention: {num_heads: 2, key_dim: 3,"
                        + " mask_zero: true}, layer_normalization: {}, global_max_pooling1d: {}",
                "global_average_pooling1d: {}",
                "global_max_pooling1d: {mask_zero: true}",
                "conv2d: {filters: 4, kernel_size: [3, 1], activation: tanh}, lstm: {units: 2}");
    }

    private static ModelSpec spec(String layers) {
        return ModelSpec.fromYaml("""
                inputs: [%d, %d]
                layers: [%s, dense: {units: 3, activation: softmax, bias_initializer: glorot_uniform}]
                loss: categorical_crossentropy
                """.formatted(STEPS, FEATURES, layers));
    }

    /** The last steps of the first row are zeros, and so is a step in the middle of the second; the third is all zeros. */
    private static SampleBatch samples(ModelSpec spec) {
        SampleBatch batch = Networks.samples(spec, ROWS, 3);
        int row = STEPS * FEATURES;
        Arrays.fill(batch.features(), 4 * FEATURES, row, 0);
        Arrays.fill(batch.features(), row + 2 * FEATURES, row + 3 * FEATURES, 0);
        Arrays.fill(batch.features(), 2 * row, 3 * row, 0);
        return batch;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void gradientIsTheSlopeOfTheLoss(String layers) {
        ModelSpec spec = spec(layers);
        LayerChecks.assertSlopeOfTheLoss(spec, samples(spec));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void squaredNormsAreThoseOfTheSamplesOwnGradients(String layers) {
        ModelSpec spec = spec(layers);
        LayerChecks.assertSquaredNormsOfTheSamplesOwnGradients(spec, samples(spec), 2, ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void weightZeroHasNoEffectEvenIfSomethingOverflows(String layers) {
        ModelSpec spec = spec(layers);
        LayerChecks.assertWeightZeroHasNoEffectEvenIfSomethingOverflows(spec, samples(spec), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void predictsWhatTrainingSaw(String layers) {
        ModelSpec spec = spec(layers);
        LayerChecks.assertPredictsWhatTrainingSaw(spec, samples(spec));
    }

    @Test
    void paddingBehindTheWordsChangesNothing() {
        String layers = "[%s, lstm: {units: 4, return_sequences: true, mask_zero: true}, self_attention: {key_dim: 3,"
                + " mask_zero: true}, global_max_pooling1d: {mask_zero: true}, dense: {units: 1, activation: sigmoid}]";
        String embedding = "embedding: {input_dim: 9, output_dim: 5, mask_zero: true}";
        float[] short2 = predict("inputs: 2\nlayers: " + layers.formatted(embedding), 4, 7);
        float[] long5 = predict("inputs: 5\nlayers: " + layers.formatted(embedding), 4, 7, 0, 0, 0);

        assertThat(long5).containsExactly(short2, within(1e-6f));
    }

    private static float[] predict(String model, float... ids) {
        ModelSpec spec = ModelSpec.fromYaml(model + "\nloss: binary_crossentropy\n");
        SampleBatch batch = new SampleBatch(ids.length, 1, 1);
        batch.append(ids, new float[1], 1);
        float[] prediction = new float[1];
        try (GradientEngine engine = Networks.engine(spec, spec.initialParameters(3))) {
            engine.predict(batch, 1, prediction);
        }
        return prediction;
    }

    @Test
    void stepAllocatesNextToNothing() {
        ModelSpec spec = spec("lstm: {units: 8, return_sequences: true}, self_attention: {key_dim: 4}, flatten: {}");
        LayerChecks.assertStepAllocatesNextToNothing(spec, 32, 300);
    }
}
