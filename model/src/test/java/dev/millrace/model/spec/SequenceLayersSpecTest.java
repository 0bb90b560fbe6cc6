package dev.millrace.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shapes, parameters, first values and mistakes of the layers over steps. */
class SequenceLayersSpecTest {

    private static ModelSpec with(String inputs, String layer) {
        return ModelSpec.fromYaml("inputs: " + inputs + "\nlayers: [" + layer
                + ", flatten: {}, dense: {units: 2, activation: softmax}]\nloss: categorical_crossentropy\n");
    }

    @ParameterizedTest
    @CsvSource({
        "'[7, 3]', 'lstm: {units: 5}', '[5]'",
        "'[7, 3]', 'lstm: {units: 5, return_sequences: true}', '[7, 5]'",
        "'[7, 3]', 'self_attention: {num_heads: 2, key_dim: 4}', '[7, 3]'",
        "'[7, 3]', 'global_max_pooling1d: {}', '[3]'",
        "'[7, 3]', 'global_average_pooling1d: {}', '[3]'",
        "'[7, 1, 3]', 'lstm: {units: 5}', '[5]'",
        "'7', 'embedding: {input_dim: 9, output_dim: 3}', '[7, 3]'",
        "'[7, 3]', 'layer_normalization: {}', '[7, 3]'",
    })
    void inferShapes(String inputs, String layer, String output) {
        assertThat(with(inputs, layer).placedLayers().get(0).output()).hasToString(output);
    }

    @Test
    void parametersAreOnePieceBehindTheOther() {
        ModelSpec spec =
                with("[7, 3]", "lstm: {units: 5, return_sequences: true}, self_attention: {num_heads: 2, key_dim: 4}");

        assertThat(spec.layout().dense())
                .startsWith(
                        new ParameterBlock("lstm_1/kernel", List.of(20, 3), 0),
                        new ParameterBlock("lstm_1/recurrent_kernel", List.of(20, 5), 60),
                        new ParameterBlock("lstm_1/bias", List.of(20), 160));
    }

    @Test
    void recurrentKernelsBeginOrthogonalAndForgetBiasesAtOne() {
        ModelSpec spec = with("[7, 3]", "lstm: {units: 5}");
        float[] parameters = spec.initialParameters(1);

        for (int gate = 0; gate < 4; gate++) {
            int at = 60 + gate * 25;
            for (int a = 0; a < 5; a++) {
                for (int b = 0; b < 5; b++) {
                    double product = 0;
                    for (int k = 0; k < 5; k++) {
                        product += (double) parameters[at + 5 * a + k] * parameters[at + 5 * b + k];
                    }
                    assertThat(product).isCloseTo(a == b ? 1 : 0, within(1e-6)); // float32 keeps seven digits
                }
            }
        }
        for (int k = 0; k < 20; k++) assertThat(parameters[160 + k]).isEqualTo(k >= 5 && k < 10 ? 1f : 0f);
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        ModelSpec spec = with("[7, 3]", "lstm: {name: gates, units: 5, return_sequences: true, mask_zero: true}");

        assertThat(ModelSpec.fromJson(spec.toJson())).isEqualTo(spec);
        ModelSpec other = with("[7, 3]", "self_attention: {num_heads: 2, key_dim: 4, mask_zero: true}");
        assertThat(ModelSpec.fromJson(other.toJson())).isEqualTo(other);
        ModelSpec pooled = with("[7, 3]", "global_max_pooling1d: {mask_zero: true}");
        assertThat(ModelSpec.fromJson(pooled.toJson())).isEqualTo(pooled);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "784 | lstm: {units: 3} | model.layers[0]: lstm_1 takes a sequence, [steps, features]. Received: [784];"
                        + " an embedding gives one, and model.inputs may be such a list",
                "[28, 28, 1] | self_attention: {key_dim: 3} | model.layers[0]: self_attention_1 takes a sequence,"
                        + " [steps, features]. Received: [28, 28, 1]",
                "784 | global_max_pooling1d: {} | model.layers[0]: global_max_pooling1d_1 takes a sequence",
                "[7, 3] | lstm: {units: 0} | model.layers[0].lstm.units must be an integer in 1..4096. Received: 0",
                "[7, 3] | lstm: {units: 3, mask_zeros: true} | model.layers[0].lstm.mask_zeros: unknown key; did you mean mask_zero?",
                "[7, 3] | self_attention: {num_heads: 2} | model.layers[0].self_attention.key_dim must be an integer in"
                        + " 1..4096. Received: nothing",
                "[7, 3] | lstm: {units: 3, return_sequences: 1} | model.layers[0].lstm.return_sequences must be",
                "[7, 3] | embedding: {input_dim: 9, output_dim: 3} | embedding_1 takes ids, a flat input, [ids]."
                        + " Received: [7, 3]",
            })
    void errorsNameTheLayerWhatItTakesAndWhatItGot(String inputs, String layer, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(inputs, layer))
                .withMessageContaining(message);
    }
}
