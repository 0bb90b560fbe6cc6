package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.spec.ModelSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The gradient against central differences of the loss, (l(p + h) - l(p - h)) / 2h. With h = 1e-2 and losses in float32
 * the differences are good to about 1e-4 of the gradient's norm, smooth activations provided; relu has kinks, so its
 * bound is wider.
 */
class GradientCheckTest {
    private static final float STEP = 1e-2f;

    @ParameterizedTest
    @CsvSource({
        "tanh,    3, softmax, categorical_crossentropy, 1e-3",
        "sigmoid, 3, softmax, categorical_crossentropy, 1e-3",
        "linear,  3, softmax, categorical_crossentropy, 1e-3",
        "relu,    3, softmax, categorical_crossentropy, 3e-2",
        "tanh,    1, sigmoid, binary_crossentropy,      1e-3",
        "sigmoid, 2, sigmoid, binary_crossentropy,      1e-3",
        "relu,    1, sigmoid, binary_crossentropy,      3e-2",
        "tanh,    2, linear,  mean_squared_error,       1e-3",
        "tanh,    2, tanh,    mean_squared_error,       1e-3",
        "tanh,    1, sigmoid, mean_squared_error,       1e-3",
        "tanh,    2, relu,    mean_squared_error,       3e-2",
        "tanh,    1, linear,  hinge,                    3e-2",
    })
    void gradientIsTheSlopeOfTheLoss(String hidden, int outputs, String activation, String loss, double tolerance) {
        ModelSpec spec = Models.of(4, hidden, outputs, activation, loss);
        SampleBatch batch = Models.batch(spec, 50, 3);
        float[] parameters = spec.initialParameters(5);
        float[] numeric = new float[parameters.length];

        float[] analytic;
        try (Nd4jEngine engine = new Nd4jEngine(spec)) {
            analytic = Models.gradient(engine, parameters, batch, 1000).gradient.clone();
            for (int i = 0; i < parameters.length; i++) {
                float kept = parameters[i];
                parameters[i] = kept + STEP;
                double above = Models.gradient(engine, parameters, batch, 1000).lossSum;
                parameters[i] = kept - STEP;
                double below = Models.gradient(engine, parameters, batch, 1000).lossSum;
                parameters[i] = kept;
                numeric[i] = (float) ((above - below) / (2 * STEP));
            }
        }

        assertThat(Models.relativeError(analytic, numeric)).isLessThan(tolerance);
    }
}
