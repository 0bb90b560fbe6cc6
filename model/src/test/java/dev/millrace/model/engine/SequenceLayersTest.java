package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.millrace.model.spec.ModelSpec;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** LSTM, self-attention and pooling over steps, against the same in float64, and against themselves. */
class SequenceLayersTest {
    private static final double STEP = 1e-5;
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
        ReferenceModel reference = new ReferenceModel(spec);
        float[] parameters = ImageModels.parameters(spec);
        double[] exact = widened(parameters);
        SampleBatch batch = samples(spec);

        GradientSum sum = Networks.gradient(spec, parameters, batch, 64);

        assertThat(widened(sum.gradient)).containsExactly(reference.gradient(exact, batch, STEP), within(5e-6 * ROWS));
        assertThat(sum.lossSum).isCloseTo(reference.lossSum(exact, batch), within(2e-6 * ROWS));
        for (int row = 0; row < ROWS; row++) {
            double[] ours = widened(Arrays.copyOfRange(sum.predictions, 3 * row, 3 * row + 3));
            assertThat(ours).containsExactly(reference.predict(exact, batch, row), within(2e-6));
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void squaredNormsAreThoseOfTheSamplesOwnGradients(String layers) {
        ModelSpec spec = spec(layers);
        float[] parameters = ImageModels.parameters(spec);
        SampleBatch batch = samples(spec);
        batch.weights()[3] = 0;
        double expected = 0;

        GradientSum sum = new GradientSum(parameters.length, true);
        try (GradientEngine engine = Networks.engine(spec, parameters)) {
            for (int i = 0; i < batch.rows(); i++) {
                SampleBatch row = new SampleBatch(spec.inputs(), 1, 1);
                row.append(
                        Arrays.copyOfRange(batch.features(), i * spec.inputs(), (i + 1) * spec.inputs()),
                        new float[] {batch.labels()[i]},
                        batch.weights()[i]);
                for (float g : Models.gradient(engine, parameters, row, 1).gradient) expected += g * (double) g;
            }
            engine.lossAndGradient(batch, 2, sum);
        }

        assertThat(sum.squaredNormSum / expected).isCloseTo(1, within(1e-5));
        assertThat(Models.relativeError(sum.gradient, Networks.gradient(spec, parameters, batch, 4).gradient))
                .isLessThan(2e-6);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void weightZeroHasNoEffectEvenIfSomethingOverflows(String layers) {
        ModelSpec spec = spec(layers);
        float[] parameters = ImageModels.parameters(spec);
        SampleBatch batch = samples(spec);
        GradientSum without = Networks.gradient(spec, parameters, batch, 8);
        float[] huge = new float[spec.inputs()];
        Arrays.fill(huge, 3e38f);
        batch.append(huge, new float[] {2}, 0);

        GradientSum with = new GradientSum(parameters.length, true);
        try (GradientEngine engine = Networks.engine(spec, parameters)) {
            engine.lossAndGradient(batch, 8, with);
        }

        assertThat(Models.relativeError(with.gradient, without.gradient)).isLessThan(2e-6);
        assertThat(with.lossSum).isCloseTo(without.lossSum, within(1e-6));
        assertThat(with.squaredNormSum).isFinite();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void predictsWhatTrainingSaw(String layers) {
        ModelSpec spec = spec(layers);
        float[] parameters = ImageModels.parameters(spec);
        SampleBatch batch = samples(spec);
        float[] predictions = new float[3 * ROWS];

        try (GradientEngine engine = Networks.engine(spec, parameters)) {
            GradientSum sum = Models.gradient(engine, parameters, batch, 64);
            engine.predict(batch, 64, predictions);

            assertThat(predictions).isEqualTo(Arrays.copyOf(sum.predictions, predictions.length));
        }
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
        SampleBatch batch = Networks.samples(spec, 32, 1);
        GradientSum sum = new GradientSum(spec.layout().size(), true);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long allocated;
        try (GradientEngine engine = Networks.engine(spec, spec.initialParameters(1))) {
            for (int i = 0; i < 300; i++) engine.lossAndGradient(batch, 64, sum);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 300; i++) engine.lossAndGradient(batch, 64, sum);
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(allocated / 300).isLessThanOrEqualTo(512);
    }

    private static double[] widened(float[] values) {
        double[] widened = new double[values.length];
        for (int i = 0; i < values.length; i++) widened[i] = values[i];
        return widened;
    }
}
