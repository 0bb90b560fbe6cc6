package dev.millrace.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitializerTest {
    private static final int VALUES = 200_000;

    /** Uniform in +-a has the standard deviation a / sqrt(3): Glorot sqrt(2 / (300 + 100)), He sqrt(2 / 300). */
    @ParameterizedTest
    @CsvSource({"GLOROT_UNIFORM, 0.070711", "GLOROT_NORMAL, 0.070711", "HE_UNIFORM, 0.081650", "HE_NORMAL, 0.081650"})
    void spreadsAsItsFormulaSays(Initializer initializer, double deviation) {
        float[] values = new float[VALUES];

        initializer.fill(values, 0, VALUES, 300, 100, new SplittableRandom(1));

        double mean = 0;
        double square = 0;
        for (float value : values) {
            mean += value / (double) VALUES;
            square += (double) value * value / VALUES;
        }
        // Four standard errors: sigma / sqrt(n) of the mean, sigma / sqrt(2 n) of the deviation.
        assertThat(mean).isCloseTo(0, within(4 * deviation / Math.sqrt(VALUES)));
        assertThat(Math.sqrt(square)).isCloseTo(deviation, within(4 * deviation / Math.sqrt(2.0 * VALUES)));
    }

    @ParameterizedTest
    @CsvSource({"GLOROT_UNIFORM, 0.122475", "HE_UNIFORM, 0.141422"})
    void uniformValuesStayWithinTheirLimit(Initializer initializer, float limit) {
        float[] values = new float[VALUES];

        initializer.fill(values, 0, VALUES, 300, 100, new SplittableRandom(1));

        for (float value : values) assertThat(Math.abs(value)).isLessThanOrEqualTo(limit);
    }

    @Test
    void biasesBeginAtZero() {
        ModelSpec spec = ModelSpec.fromYaml(
                "inputs: 9\nlayers: [{dense: {units: 7}}, {dense: {units: 1}}]\nloss: mean_squared_error");

        float[] parameters = spec.initialParameters(42);

        assertThat(Arrays.copyOfRange(parameters, 63, 70)).containsOnly(0f);
        assertThat(parameters[77]).isZero();
    }
}
