package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.ModelSpec;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions, pools and normalization against TensorFlow's. */
class TensorFlowImageParityTest {
    private static final int ROWS = 8;
    private static final int STEPS = 20;
    private static final float LEARNING_RATE = 0.1f;

    static Stream<String> layers() {
        return ImageModels.layers();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void forwardAndGradientAreTensorFlows(String layers) {
        ModelSpec spec = ImageModels.of(layers);

        TensorFlowModel.requireParity(spec, ImageModels.parameters(spec), Networks.samples(spec, ROWS, 3));
    }

    @Test
    void lossesOfTwentyStepsAreTensorFlows() {
        ModelSpec spec = ImageModels.digits();
        float[] parameters = spec.initialParameters(3);
        float[] ours = new float[STEPS];
        float[] theirs = new float[STEPS];

        try (TensorFlowModel tensorFlow = new TensorFlowModel(spec, parameters, LEARNING_RATE);
                GradientEngine engine = Networks.engine(spec, parameters)) {
            GradientSum sum = new GradientSum(parameters.length);
            for (int step = 0; step < STEPS; step++) {
                // Ten batches, each seen twice: what was learnt from the first time must show in the second.
                SampleBatch batch = Networks.samples(spec, 32, step % 10);
                theirs[step] = tensorFlow.step(batch);
                engine.upload(0, parameters, parameters.length);
                engine.lossAndGradient(batch, 32, sum);
                ours[step] = (float) (sum.lossSum / sum.weight);
                for (int i = 0; i < parameters.length; i++) {
                    parameters[i] -= (float) (LEARNING_RATE * sum.gradient[i] / sum.weight);
                }
            }
        }

        assertThat(ours[STEPS - 1]).isLessThan(ours[STEPS - 11]);
        // float32 sums of up to 32 x 676 products in another order, through 20 updates.
        assertThat(ours).containsExactly(theirs, within(1e-4f));
    }
}
