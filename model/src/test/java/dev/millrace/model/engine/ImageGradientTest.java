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
import org.junit.jupiter.params.provider.ValueSource;

/** Convolutions, pools and normalization in the engine, against the same in float64 and against themselves. */
class ImageGradientTest {
    private static final double STEP = 1e-5;
    private static final int ROWS = 5;

    static Stream<String> layers() {
        return ImageModels.layers();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void gradientIsTheSlopeOfTheLoss(String layers) {
        ModelSpec spec = ImageModels.of(layers);
        ReferenceModel reference = new ReferenceModel(spec);
        float[] parameters = ImageModels.parameters(spec);
        double[] exact = widened(parameters);
        SampleBatch batch = Networks.samples(spec, ROWS, 3);

        GradientSum sum = Networks.gradient(spec, parameters, batch, 64);
        double[] slopes = reference.gradient(exact, batch, STEP);

        // Half the step must say the same: no kink of relu or maximum lies within it.
        assertThat(reference.gradient(exact, batch, STEP / 2)).containsExactly(slopes, within(1e-7));
        // float32 keeps 6e-8 of each of some hundred terms for each row.
        assertThat(widened(sum.gradient)).containsExactly(slopes, within(5e-6 * ROWS));
        assertThat(sum.lossSum).isCloseTo(reference.lossSum(exact, batch), within(2e-6 * ROWS));
        for (int row = 0; row < ROWS; row++) {
            double[] ours = widened(Arrays.copyOfRange(sum.predictions, 3 * row, 3 * row + 3));
            assertThat(ours).containsExactly(reference.predict(exact, batch, row), within(2e-6));
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void squaredNormsAreThoseOfTheSamplesOwnGradients(String layers) {
        ModelSpec spec = ImageModels.of(layers);
        float[] parameters = ImageModels.parameters(spec);
        SampleBatch batch = Networks.samples(spec, 9, 4);
        batch.weights()[5] = 0;
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
            engine.lossAndGradient(batch, 4, sum);
        }

        assertThat(sum.squaredNormSum / expected).isCloseTo(1, within(1e-5)); // float32 sums of some hundred terms
        assertThat(Models.relativeError(sum.gradient, Networks.gradient(spec, parameters, batch, 4).gradient))
                .isLessThan(1e-6);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void weightZeroHasNoEffectEvenIfSomethingOverflows(String layers) {
        ModelSpec spec = ImageModels.of(layers);
        float[] parameters = ImageModels.parameters(spec);
        SampleBatch batch = Networks.samples(spec, 5, 4);
        GradientSum without = Networks.gradient(spec, parameters, batch, 8);
        float[] huge = new float[spec.inputs()];
        Arrays.fill(huge, 3e38f);
        batch.append(huge, new float[] {2}, 0);

        GradientSum with = new GradientSum(parameters.length, true);
        try (GradientEngine engine = Networks.engine(spec, parameters)) {
            engine.lossAndGradient(batch, 8, with);
        }

        assertThat(Models.relativeError(with.gradient, without.gradient)).isLessThan(1e-6);
        // A product of more rows may add in another order.
        assertThat(with.lossSum).isCloseTo(without.lossSum, within(1e-6));
        assertThat(with.squaredNormSum).isFinite();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void predictsWhatTrainingSaw(String layers) {
        ModelSpec spec = ImageModels.of(layers);
        float[] parameters = ImageModels.parameters(spec);
        SampleBatch batch = Networks.samples(spec, 7, 4);
        float[] predictions = new float[21];

        try (GradientEngine engine = Networks.engine(spec, parameters)) {
            GradientSum sum = Models.gradient(engine, parameters, batch, 64);
            engine.predict(batch, 64, predictions);

            assertThat(predictions).isEqualTo(Arrays.copyOf(sum.predictions, 21));
        }
    }

    /** Larger than the engine's own chunks, so that several blocks of lines, and several chunks, are added up. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 50})
    void sumsDoNotDependOnTheMicroBatch(int microBatch) {
        ModelSpec spec = ImageModels.digits();
        float[] parameters = spec.initialParameters(1);
        SampleBatch batch = Networks.samples(spec, 50, 1);

        GradientSum parts = Networks.gradient(spec, parameters, batch, microBatch);
        GradientSum whole = Networks.gradient(spec, parameters, batch, 7);

        // Sums of 50 x 676 positions in another order.
        assertThat(Models.relativeError(parts.gradient, whole.gradient)).isLessThan(1e-5);
        assertThat(parts.lossSum).isCloseTo(whole.lossSum, within(1e-4));
    }

    @Test
    void nanInAnImageIsNotPooledAway() {
        ModelSpec spec = ImageModels.of("conv2d: {filters: 1, kernel_size: 1}, max_pooling2d: {}, flatten: {}");
        SampleBatch batch = Networks.samples(spec, 1, 4);
        batch.features()[0] = Float.NaN;

        assertThat(Networks.gradient(spec, ImageModels.parameters(spec), batch, 1).lossSum)
                .isNaN();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 32})
    void stepAllocatesNextToNothing(int rows) {
        ModelSpec spec = ImageModels.digits();
        SampleBatch batch = Networks.samples(spec, rows, 1);
        GradientSum sum = new GradientSum(spec.layout().size(), true);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int steps = 1600 / rows;

        long allocated;
        try (GradientEngine engine = Networks.engine(spec, spec.initialParameters(1))) {
            for (int i = 0; i < steps; i++) engine.lossAndGradient(batch, 64, sum);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < steps; i++) engine.lossAndGradient(batch, 64, sum);
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(allocated / steps).isLessThanOrEqualTo(512);
    }

    private static double[] widened(float[] values) {
        double[] widened = new double[values.length];
        for (int i = 0; i < values.length; i++) widened[i] = values[i];
        return widened;
    }
}
