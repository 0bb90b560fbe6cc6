package dev.millrace.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine's gradient against central differences of the model in float64, for each loss behind each activation. */
class ReferenceModelTest {
    private static final double STEP = 1e-5;
    private static final int SEED = 11;

    static Stream<Arguments> combinations() {
        return Stream.of("linear", "relu", "tanh", "sigmoid")
                .flatMap(hidden -> Stream.of(
                                Arguments.of("softmax", 4, Loss.CATEGORICAL_CROSSENTROPY),
                                Arguments.of("sigmoid", 1, Loss.BINARY_CROSSENTROPY),
                                Arguments.of("sigmoid", 3, Loss.BINARY_CROSSENTROPY),
                                Arguments.of("linear", 2, Loss.MEAN_SQUARED_ERROR),
                                Arguments.of("relu", 2, Loss.MEAN_SQUARED_ERROR),
                                Arguments.of("tanh", 2, Loss.MEAN_SQUARED_ERROR),
                                Arguments.of("sigmoid", 2, Loss.MEAN_SQUARED_ERROR),
                                Arguments.of("linear", 2, Loss.HINGE),
                                Arguments.of("relu", 2, Loss.HINGE),
                                Arguments.of("tanh", 2, Loss.HINGE),
                                Arguments.of("sigmoid", 2, Loss.HINGE))
                        .flatMap(last -> Stream.of(
                                // Vector products, narrow products, and products wide enough for the other library.
                                arguments(hidden, last, 5, 3, 1),
                                arguments(hidden, last, 5, 3, 7),
                                arguments(hidden, last, 19, 18, 7))));
    }

    private static Arguments arguments(String hidden, Arguments last, int inputs, int units, int rows) {
        Object[] of = last.get();
        return Arguments.of(hidden, of[0], of[1], of[2], inputs, units, rows);
    }

    @ParameterizedTest(name = "{0} > {1} x {2}, {3}, {4}-{5}, {6} rows")
    @MethodSource("combinations")
    void gradientIsTheSlopeOfTheLoss(
            String hidden, String last, int outputs, Loss loss, int inputs, int units, int rows) {
        ModelSpec spec = Networks.of(inputs, units, hidden, outputs, last, loss);
        ReferenceModel reference = new ReferenceModel(spec);
        float[] parameters = spec.initialParameters(SEED);
        double[] exact = widened(parameters);
        SampleBatch batch = Networks.samples(spec, rows, SEED);

        GradientSum sum = Networks.gradient(spec, parameters, batch, 64);
        double[] slopes = reference.gradient(exact, batch, STEP);

        // The differences themselves are good to h^2 and 1e-16 / h: half the step must say the same.
        double[] halved = reference.gradient(exact, batch, STEP / 2);
        assertThat(halved).containsExactly(slopes, within(1e-8 * rows));
        // float32 keeps 6e-8 of each term; at most 19 terms for each of the rows, values below 2.
        assertThat(widened(sum.gradient)).containsExactly(slopes, within(2e-6 * rows));
        assertThat(sum.lossSum).isCloseTo(reference.lossSum(exact, batch), within(2e-6 * rows));
        assertThat(widened(sum.predictions)).startsWith(reference.predict(exact, batch, 0), within(2e-6));
    }

    private static double[] widened(float[] values) {
        double[] widened = new double[values.length];
        for (int i = 0; i < values.length; i++) widened[i] = values[i];
        return widened;
    }
}
