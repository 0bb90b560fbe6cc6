package dev.millrace.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelSpecTest {
    private static final String DIGITS = """
            name: digits
            inputs: 784
            layers:
              - dense: {units: 128, activation: relu}
              - dense: {units: 10, activation: softmax}
            loss: categorical_crossentropy
            """;

    @Test
    void laysParametersOutLayerByLayer() {
        ParameterLayout layout = ModelSpec.fromYaml(DIGITS).layout();

        assertThat(layout.size()).isEqualTo(784 * 128 + 128 + 128 * 10 + 10);
        assertThat(layout.blocks())
                .extracting(ParameterBlock::name)
                .containsExactly("dense_1/kernel", "dense_1/bias", "dense_2/kernel", "dense_2/bias");
        assertThat(layout.blocks().get(2).shape()).containsExactly(10, 128);
    }

    @Test
    void survivesJson() {
        ModelSpec spec = ModelSpec.fromYaml(DIGITS);

        assertThat(ModelSpec.fromJson(spec.toJson())).isEqualTo(spec);
    }

    @Test
    void namesEveryMistakeAtOnce() {
        assertThatThrownBy(() -> ModelSpec.fromYaml("""
                        name: ../etc
                        inputs: 0
                        layers:
                          - dense: {units: 8, activaton: relu}
                          - dense: {units: ten, activation: softmax}
                          - convolution: {units: 8}
                        loss: crossentropy
                        """))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("model.name must be")
                .hasMessageContaining(
                        "model.inputs must be an integer in 1..16777216, [steps, features] or [height, width, channels]. Received: 0")
                .hasMessageContaining("activaton: unknown key; did you mean activation?")
                .hasMessageContaining("model.layers[1].dense.units must be an integer")
                .hasMessageContaining("model.layers[2]: unknown layer convolution")
                .hasMessageContaining("model.loss must be one of");
    }

    @Test
    void crossEntropiesNeedTheirActivation() {
        assertThatThrownBy(() -> ModelSpec.fromYaml(DIGITS.replace("softmax", "relu")))
                .hasMessageContaining("categorical_crossentropy needs a last layer with softmax")
                .hasMessageContaining("Received: relu with 10 units");
    }

    @Test
    void sameSeedGivesTheSameParameters() {
        ModelSpec spec = ModelSpec.fromYaml(DIGITS);

        assertThat(spec.initialParameters(7)).isEqualTo(spec.initialParameters(7));
        assertThat(spec.initialParameters(7)).isNotEqualTo(spec.initialParameters(8));
    }

    /** 100,352 draws: the standard deviation is known to 1 %. */
    @ParameterizedTest
    @CsvSource({
        "glorot_uniform, 0.046829", // sqrt(2 / (784 + 128))
        "glorot_normal,  0.046829",
        "he_uniform,     0.050508", // sqrt(2 / 784)
        "he_normal,      0.050508",
        "zeros,          0",
    })
    void initializersHaveTheirSpread(String initializer, double deviation) {
        ModelSpec spec = ModelSpec.fromYaml(
                DIGITS.replace("activation: relu", "activation: relu, kernel_initializer: " + initializer));
        float[] parameters = spec.initialParameters(1);
        int count = 784 * 128;
        double squares = 0;
        for (int i = 0; i < count; i++) squares += (double) parameters[i] * parameters[i];

        assertThat(Math.sqrt(squares / count)).isCloseTo(deviation, within(0.01 * deviation + 1e-12));
    }
}
