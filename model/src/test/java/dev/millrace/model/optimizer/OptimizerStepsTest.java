package dev.millrace.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Five steps of every optimizer against {@code src/test/python/optimizers.py}, which knows nothing of this code. */
class OptimizerStepsTest {
    private static final double RATE = 0.1;
    private static final int STEPS = 5;
    private static final int PARAMETERS = 5;

    static Stream<Arguments> cases() {
        return Stream.of(
                Arguments.of("sgd", Map.of()),
                Arguments.of("momentum", Map.of("name", "momentum")),
                Arguments.of("nesterov", Map.of("name", "nesterov", "momentum", 0.8)),
                Arguments.of("adam", Map.of("name", "adam")),
                Arguments.of("adam_betas", Map.of("name", "adam", "beta_1", 0.5, "beta_2", 0.9, "epsilon", 0.01)),
                Arguments.of("adam_torch", Map.of("name", "adam", "epsilon", 1e-30)),
                Arguments.of("adamw", Map.of("name", "adamw")),
                Arguments.of("adamw_torch", Map.of("name", "adamw", "epsilon", 1e-30, "weight_decay", 0.3)),
                Arguments.of("adagrad", Map.of("name", "adagrad")),
                Arguments.of(
                        "adagrad_torch", Map.of("name", "adagrad", "initial_accumulator_value", 0.5, "epsilon", 1e-30)),
                Arguments.of("rmsprop", Map.of("name", "rmsprop")),
                Arguments.of("rmsprop_torch", Map.of("name", "rmsprop", "rho", 0.5, "epsilon", 1e-30)),
                Arguments.of("ftrl", Map.of("name", "ftrl")),
                Arguments.of(
                        "ftrl_l1_l2",
                        Map.of("name", "ftrl", "initial_accumulator_value", 0.5, "beta", 0, "l1", 0.3, "l2", 2)),
                Arguments.of("sgd_l2", Map.of("name", "sgd", "weight_decay", 0.05)),
                Arguments.of("sgd_clip_norm", Map.of("clip_norm", 2)),
                Arguments.of("sgd_clip_value", Map.of("clip_value", 0.05)),
                Arguments.of("sgd_clip_both_l2", Map.of("clip_norm", 20, "clip_value", 0.5, "weight_decay", 0.05)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void fiveStepsGiveTheNumbersOfTheScript(String name, Map<String, Object> section) throws IOException {
        UpdateRule rule = OptimizerSpec.of(section).rule();
        float[] parameters = column(name, 0, 4);
        OptimizerState state = rule.init(PARAMETERS);
        float[] largest = new float[PARAMETERS];

        for (int step = 1; step <= STEPS; step++) {
            float[] next = new float[PARAMETERS];
            OptimizerState nextState = rule.init(PARAMETERS);
            float[] sum = column(name, step, 3);
            for (int i = 0; i < PARAMETERS; i++) sum[i] *= 8; // of samples with total weight 8
            assertThat(rule.apply(step, RATE, 8, sum, state, parameters, nextState, next))
                    .isTrue();
            parameters = next;
            state = nextState;

            // float32 against float64 over at most 5 steps: 1e-6 (8 ulp) of the largest value so far, or of 1
            float[] expected = column(name, step, 4);
            for (int i = 0; i < PARAMETERS; i++) {
                largest[i] = Math.max(largest[i], Math.abs(expected[i]));
                double tolerance = 1e-6 * Math.max(1, largest[i]);
                assertThat((double) parameters[i])
                        .as("step %d, parameter %d", step, i)
                        .isCloseTo(expected[i], within(tolerance));
            }
        }
    }

    private static float[] column(String name, int step, int column) throws IOException {
        List<Float> values = lines().stream()
                .map(line -> line.split(","))
                .filter(fields -> fields[0].equals(name) && fields[1].equals(Integer.toString(step)))
                .map(fields -> Float.valueOf(fields[column]))
                .toList();
        float[] array = new float[PARAMETERS];
        assertThat(values).hasSize(PARAMETERS);
        for (int i = 0; i < PARAMETERS; i++) array[i] = values.get(i);
        return array;
    }

    private static List<String> lines() throws IOException {
        try (InputStream in = OptimizerStepsTest.class.getResourceAsStream("/optimizers/steps.csv")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }
}
