package dev.millrace.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelSpecMistakesTest {
    private static final String DIGITS = """
            name: digits
            inputs: 784
            layers:
              - dense: {units: 128, activation: relu}
              - dense: {units: 10, activation: softmax}
            loss: categorical_crossentropy
            """;

    @Test
    void layoutNamesEveryTensorAndLeavesNoGap() {
        ParameterLayout layout = ModelSpec.fromYaml(DIGITS).layout();

        assertThat(layout.blocks())
                .containsExactly(
                        new ParameterBlock("dense_1/kernel", List.of(128, 784), 0),
                        new ParameterBlock("dense_1/bias", List.of(128), 100_352),
                        new ParameterBlock("dense_2/kernel", List.of(10, 128), 100_480),
                        new ParameterBlock("dense_2/bias", List.of(10), 101_760));
        assertThat(layout.size()).isEqualTo(101_770);
    }

    @Test
    void namesEveryMistakeAtOnce() {
        String yaml = """
                name: bad
                input: 784
                layers:
                  - dense: {unit: 128, activation: rellu}
                  - dens: {units: 10}
                  - dense: {units: 0}
                loss: crossentropy
                """;

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSpec.fromYaml(yaml))
                .withMessageStartingWith("8 errors in the model")
                .withMessageContaining("model.input: unknown key; did you mean inputs?")
                .withMessageContaining(
                        "model.inputs must be an integer in 1..16777216, [steps, features] or [height, width, channels]. Received: nothing")
                .withMessageContaining("model.layers[0].dense.unit: unknown key; did you mean units?")
                .withMessageContaining(
                        "model.layers[0].dense.units must be an integer in 1..16777216. Received: nothing")
                .withMessageContaining("Received: rellu")
                .withMessageContaining(
                        "model.layers[1]: unknown layer dens; known: add, average_pooling2d, concatenate, conv2d, ")
                .withMessageContaining("; did you mean dense?")
                .withMessageContaining("model.layers[2].dense.units must be an integer in 1..16777216. Received: 0")
                .withMessageContaining("Received: crossentropy");
    }

    @ParameterizedTest
    @CsvSource({
        "relu, 10, categorical_crossentropy, categorical_crossentropy needs a last layer with softmax and >= 2 units",
        "softmax, 1, categorical_crossentropy, Received: softmax with 1 units",
        "softmax, 2, binary_crossentropy, binary_crossentropy needs a last layer with sigmoid",
        "linear, 1, binary_crossentropy, binary_crossentropy needs a last layer with sigmoid",
        "softmax, 3, mean_squared_error, mean_squared_error does not go with softmax",
        "softmax, 3, hinge, hinge does not go with softmax"
    })
    void refusesALastLayerThatDoesNotGoWithTheLoss(String activation, int units, String loss, String message) {
        String yaml = "inputs: 4\nlayers: [{dense: {units: %d, activation: %s}}]\nloss: %s"
                .formatted(units, activation, loss);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSpec.fromYaml(yaml))
                .withMessageContaining(message);
    }

    @Test
    void aBrokenLastLayerDoesNotAccuseTheOneBeforeIt() {
        String yaml = """
                inputs: 4
                layers: [{dense: {units: 8, activation: relu}}, {dense: {units: ten, activation: softmax}}]
                loss: categorical_crossentropy
                """;

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSpec.fromYaml(yaml))
                .withMessageStartingWith("1 error in the model")
                .withMessageContaining("model.layers[1].dense.units")
                .withMessageContaining("Received: ten");
    }

    @Test
    void refusesTwoLayersOfOneName() {
        String yaml = "inputs: 4\nlayers: [{dense: {name: a, units: 2}}, {dense: {name: a, units: 2}}]\nloss: hinge";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSpec.fromYaml(yaml))
                .withMessageContaining("different names. Received twice: a");
    }

    @Test
    void refusesSoftmaxInTheMiddle() {
        String yaml = "inputs: 4\nlayers: [{dense: {units: 2, activation: softmax}}, {dense: {units: 2}}]\nloss: hinge";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSpec.fromYaml(yaml))
                .withMessageContaining("model.layers[0].dense.activation softmax is for the last layer alone");
    }

    @Test
    void refusesMoreParametersThanAnArrayHolds() {
        String yaml = "inputs: 16777216\nlayers: [{dense: {units: 16777216}}]\nloss: hinge";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSpec.fromYaml(yaml))
                .withMessageContaining("parameters must be at most 2147483647");
    }

    @ParameterizedTest
    @CsvSource(value = {"''", "'[1, 2]'", "'a: b: c'", "'inputs: 1\ninputs: 2'"})
    void refusesTextThatIsNoModel(String yaml) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSpec.fromYaml(yaml))
                .withMessageStartingWith("The model ");
    }
}
