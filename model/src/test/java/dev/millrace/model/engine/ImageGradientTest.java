package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.ModelSpec;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Convolutions, pools and normalization in the engine, against the same in float64 and against themselves. */
class ImageGradientTest {
    private static final double ROUNDING = 1e-6; // of the gradient, relative, added up in another order

    static Stream<String> layers() {
        return ImageModels.layers();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void gradientIsTheSlopeOfTheLoss(String layers) {
        ModelSpec spec = ImageModels.of(layers);
        SampleBatch batch = Networks.samples(spec, 5, 3);
        ReferenceModel reference = new ReferenceModel(spec);
        double[] exact = LayerChecks.widened(ImageModels.parameters(spec));
        double[] slopes = reference.gradient(exact, batch, LayerChecks.STEP);

        // Half the step must say the same: no kink of relu or maximum lies within it.
        assertThat(reference.gradient(exact, batch, LayerChecks.STEP / 2)).containsExactly(slopes, within(1e-7));
        LayerChecks.assertSlopeOfTheLoss(spec, batch);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void squaredNormsAreThoseOfTheSamplesOwnGradients(String layers) {
        ModelSpec spec = ImageModels.of(layers);
        LayerChecks.assertSquaredNormsOfTheSamplesOwnGradients(spec, Networks.samples(spec, 9, 4), 4, ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void weightZeroHasNoEffectEvenIfSomethingOverflows(String layers) {
        ModelSpec spec = ImageModels.of(layers);
        LayerChecks.assertWeightZeroHasNoEffectEvenIfSomethingOverflows(spec, Networks.samples(spec, 5, 4), ROUNDING);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void predictsWhatTrainingSaw(String layers) {
        ModelSpec spec = ImageModels.of(layers);
        LayerChecks.assertPredictsWhatTrainingSaw(spec, Networks.samples(spec, 7, 4));
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
        LayerChecks.assertStepAllocatesNextToNothing(ImageModels.digits(), rows, 1600 / rows);
    }
}
