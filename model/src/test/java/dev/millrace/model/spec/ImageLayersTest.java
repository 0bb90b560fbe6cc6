package dev.millrace.model.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageLayersTest {
    private static final String DIGITS = """
            name: digits
            inputs: [28, 28, 1]
            layers:
              - conv2d: {filters: 16, kernel_size: 3, activation: relu}
              - max_pooling2d: {pool_size: 2}
              - layer_normalization
              - conv2d: {filters: 32, kernel_size: [3, 3], activation: relu}
              - average_pooling2d
              - flatten
              - dropout: {rate: 0.25}
              - dense: {units: 10, activation: softmax}
            loss: categorical_crossentropy
            """;

    private static ModelSpec with(String inputs, String layer) {
        return ModelSpec.fromYaml("""
                inputs: %s
                layers: [%s, flatten: {name: flat}, dense: {units: 1}]
                loss: mean_squared_error
                """.formatted(inputs, layer));
    }

    @Test
    void shapesGoFromLayerToLayer() {
        assertThat(ModelSpec.fromYaml(DIGITS).placedLayers())
                .extracting(placed -> placed.layer().name() + " " + placed.input() + " " + placed.output())
                .containsExactly(
                        "conv2d_1 [28, 28, 1] [26, 26, 16]",
                        "max_pooling2d_2 [26, 26, 16] [13, 13, 16]",
                        "layer_normalization_3 [13, 13, 16] [13, 13, 16]",
                        "conv2d_4 [13, 13, 16] [11, 11, 32]",
                        "average_pooling2d_5 [11, 11, 32] [5, 5, 32]",
                        "flatten_6 [5, 5, 32] [800]",
                        "dropout_7 [800] [800]",
                        "dense_8 [800] [10]");
    }

    @Test
    void parametersLieAsKerasHasThem() {
        ParameterLayout layout = ModelSpec.fromYaml(DIGITS).layout();

        assertThat(layout.blocks())
                .containsExactly(
                        new ParameterBlock("conv2d_1/kernel", List.of(3, 3, 1, 16), 0),
                        new ParameterBlock("conv2d_1/bias", List.of(16), 144),
                        new ParameterBlock("layer_normalization_3/gamma", List.of(16), 160),
                        new ParameterBlock("layer_normalization_3/beta", List.of(16), 176),
                        new ParameterBlock("conv2d_4/kernel", List.of(3, 3, 16, 32), 192),
                        new ParameterBlock("conv2d_4/bias", List.of(32), 4800),
                        new ParameterBlock("dense_8/kernel", List.of(10, 800), 4832),
                        new ParameterBlock("dense_8/bias", List.of(10), 12832));
        assertThat(layout.size()).isEqualTo(12842);
    }

    /** By the formulas of TensorFlow's documentation, worked out by hand. */
    @ParameterizedTest
    @CsvSource({
        "'[28, 28, 1]', 'conv2d: {filters: 4, kernel_size: 3}', '[26, 26, 4]'",
        "'[28, 28, 1]', 'conv2d: {filters: 4, kernel_size: 3, padding: same}', '[28, 28, 4]'",
        "'[28, 28, 1]', 'conv2d: {filters: 4, kernel_size: 3, strides: 2}', '[13, 13, 4]'",
        "'[28, 27, 1]', 'conv2d: {filters: 4, kernel_size: 3, strides: 2, padding: same}', '[14, 14, 4]'",
        "'[9, 8, 3]', 'conv2d: {filters: 2, kernel_size: [5, 1], strides: [2, 3]}', '[3, 3, 2]'",
        "'[3, 3, 1]', 'conv2d: {filters: 1, kernel_size: 5, padding: same}', '[3, 3, 1]'",
        "'[9, 8, 3]', 'depthwise_conv2d: {kernel_size: 3, depth_multiplier: 2}', '[7, 6, 6]'",
        "'[9, 8, 3]', 'depthwise_conv2d: {kernel_size: 3, strides: 2, padding: same}', '[5, 4, 3]'",
        "'[28, 27, 3]', 'max_pooling2d', '[14, 13, 3]'",
        "'[28, 27, 3]', 'average_pooling2d: {pool_size: [3, 2]}', '[9, 13, 3]'",
        "'[7, 7, 3]', 'max_pooling2d: {pool_size: 3, strides: 2}', '[3, 3, 3]'",
        "'[7, 6, 3]', 'global_average_pooling2d', '[3]'",
        "'[7, 6, 3]', 'global_max_pooling2d', '[3]'",
        "'[7, 6, 3]', 'flatten', '[126]'",
        "'5', 'flatten', '[5]'",
        "'[7, 6, 3]', 'dropout: {rate: 0.5}', '[7, 6, 3]'",
        "'5', 'layer_normalization', '[5]'",
    })
    void inferShapes(String inputs, String layer, String output) {
        assertThat(with(inputs, layer).placedLayers().get(0).output()).hasToString(output);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "784 | conv2d: {filters: 4, kernel_size: 3}"
                        + " | model.layers[0]: conv2d_1 takes an image, [height, width, channels]. Received: [784];"
                        + " model.inputs may be such a list",
                "784 | max_pooling2d"
                        + " | model.layers[0]: max_pooling2d_1 takes an image, [height, width, channels]. Received: [784];"
                        + " model.inputs may be such a list",
                "784 | global_max_pooling2d"
                        + " | model.layers[0]: global_max_pooling2d_1 takes an image, [height, width, channels]."
                        + " Received: [784]; model.inputs may be such a list",
                "[28, 28, 1] | dense: {units: 3}"
                        + " | model.layers[0]: dense_1 takes a flat input, [features]. Received: [28, 28, 1];"
                        + " put flatten or a global pooling before it",
                "[4, 9, 1] | conv2d: {name: wide, filters: 4, kernel_size: 5}"
                        + " | model.layers[0]: wide: kernel_size [5, 5] must fit into the image without padding."
                        + " Received an image of [4, 9, 1]",
                "[4, 9, 1] | average_pooling2d: {pool_size: [5, 1]}"
                        + " | model.layers[0]: average_pooling2d_1: pool_size [5, 1] must fit into the image without"
                        + " padding. Received an image of [4, 9, 1]",
                "[4, 9, 1] | depthwise_conv2d: {kernel_size: 5}"
                        + " | model.layers[0]: depthwise_conv2d_1: kernel_size [5, 5] must fit into the image without"
                        + " padding. Received an image of [4, 9, 1]",
                "[4, 9, 1] | depthwise_conv2d: {kernel_size: 3, depth_multiplier: 0}"
                        + " | depth_multiplier must be an integer in 1..16777216. Received: 0",
                "[4, 4, 1] | max_pooling2d: {padding: same}"
                        + " | model.layers[0].max_pooling2d.padding must be valid. Received: same",
                "[4, 4, 1] | conv2d: {filters: 2}"
                        + " | model.layers[0].conv2d.kernel_size must be an integer in 1..16777216 or [height, width]."
                        + " Received: nothing",
                "[4, 4, 1] | conv2d: {filters: 2, kernel_size: [3]}"
                        + " | kernel_size must be an integer in 1..16777216 or [height, width]. Received: [3]",
                "[4, 4, 1] | conv2d: {filters: 2, kernel_size: 3, strides: 0}"
                        + " | strides must be an integer in 1..16777216 or [height, width]. Received: 0",
                "[4, 4, 1] | conv2d: {filters: 2, kernel_size: 3, padding: full}"
                        + " | model.layers[0].conv2d.padding must be one of valid, same. Received: full",
                "[4, 4, 1] | conv2d: {filters: 2, kernel_size: 3, activation: softmax}"
                        + " | model.layers[0].conv2d.activation softmax is for the last layer alone",
                "[4, 4, 1] | conv2d: {filters: 2, kernel_sise: 3}"
                        + " | model.layers[0].conv2d.kernel_sise: unknown key; did you mean kernel_size?",
                "[4, 4, 1] | dropout | model.layers[0].dropout.rate must be a number >= 0.0 and < 1. Received: nothing",
                "[4, 4, 1] | dropout: {rate: 1} | dropout.rate must be a number >= 0.0 and < 1. Received: 1",
                "[4, 4, 1] | dropout: {rate: 0.5, seed: x} | dropout.seed must be an integer. Received: x",
                "[4, 4, 1] | layer_normalization: {epsilon: 0}"
                        + " | layer_normalization.epsilon must be a number >= 1.0E-12 and < 1. Received: 0",
                "[1, 2, 3, 4] | flatten"
                        + " | model.inputs must be an integer in 1..16777216, [steps, features] or [height, width, channels]. Received: [1, 2, 3, 4]",
                "[4, 0, 1] | flatten | Received: [4, 0, 1]",
                "[4096, 4097, 1] | flatten | Received: [4096, 4097, 1]",
                "4 | max_pool2d | model.layers[0]: unknown layer max_pool2d",
                "4 | flatten: 3 | model.layers[0].flatten must have settings, like {units: 8}. Received: 3",
            })
    void errorsNameTheLayerWhatItTakesAndWhatItGot(String inputs, String layer, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with(inputs, layer))
                .withMessageContaining(message);
    }

    @Test
    void modelMustEndFlat() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSpec.fromYaml("""
                        inputs: [4, 4, 1]
                        layers: [conv2d: {filters: 2, kernel_size: 3}]
                        loss: mean_squared_error
                        """))
                .withMessageContaining("model.layers must end with a flat output, [outputs]. Received: [2, 2, 2] from"
                        + " conv2d_1; put flatten, or global_average_pooling2d, behind it");
    }

    @Test
    void modelMustHaveParameters() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSpec.fromYaml("inputs: [4, 4, 1]\nlayers: [flatten]\nloss: hinge"))
                .withMessageContaining("model.layers must have parameters to learn. Received: none");
    }

    @Test
    void lossStillNamesWhatTheLastLayerGives() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelSpec.fromYaml("""
                        inputs: [4, 4, 2]
                        layers: [conv2d: {filters: 3, kernel_size: 3}, global_max_pooling2d: {}]
                        loss: categorical_crossentropy
                        """))
                .withMessageStartingWith("1 error in the model")
                .withMessageContaining("needs a last layer with softmax and >= 2 units. Received: linear with 3 units");
    }

    @ParameterizedTest
    @ValueSource(strings = {"784", "[784]"})
    void flatModelsAreWrittenAsTheyAlwaysWere(String inputs) {
        ModelSpec spec = ModelSpec.fromYaml("name: digits\ninputs: " + inputs
                + "\nlayers: [dense: {units: 10, activation: softmax}]\nloss: categorical_crossentropy");

        assertThat(spec.toJson())
                .isEqualTo("{\"name\":\"digits\",\"inputs\":784,\"layers\":[{\"dense\":{\"name\":\"dense_1\","
                        + "\"units\":10,\"activation\":\"softmax\",\"kernel_initializer\":\"glorot_uniform\","
                        + "\"bias_initializer\":\"zeros\"}}],\"loss\":\"categorical_crossentropy\"}");
    }

    @Test
    void everyDefaultIsSpelledOutAndSurvivesJson() {
        ModelSpec spec = ModelSpec.fromYaml(DIGITS);

        assertThat(spec.toJson())
                .startsWith("{\"name\":\"digits\",\"inputs\":[28,28,1],\"layers\":[{\"conv2d\":{\"name\":\"conv2d_1\","
                        + "\"filters\":16,\"kernel_size\":[3,3],\"strides\":[1,1],\"padding\":\"valid\","
                        + "\"activation\":\"relu\",\"kernel_initializer\":\"glorot_uniform\","
                        + "\"bias_initializer\":\"zeros\"}},{\"max_pooling2d\":{\"name\":\"max_pooling2d_2\","
                        + "\"pool_size\":[2,2],\"strides\":[2,2],\"padding\":\"valid\"}},"
                        + "{\"layer_normalization\":{\"name\":\"layer_normalization_3\",\"epsilon\":0.001}}")
                .contains("{\"dropout\":{\"name\":\"dropout_7\",\"rate\":0.25,\"seed\":7}}");
        assertThat(ModelSpec.fromJson(spec.toJson())).isEqualTo(spec);
    }

    /** Fans as Keras has them: 5 * 5 * 8 = 200 in, 5 * 5 * 40 = 1,000 out; 8,000 draws, so the deviation is known to 2 %. */
    @ParameterizedTest
    @CsvSource({
        "glorot_uniform, 0.040825", // sqrt(2 / 1200)
        "glorot_normal,  0.040825",
        "he_uniform,     0.1", // sqrt(2 / 200)
        "he_normal,      0.1",
    })
    void kernelsBeginWithTheSpreadOfTheirReceptiveField(String initializer, double deviation) {
        ModelSpec spec =
                with("[9, 9, 8]", "conv2d: {filters: 40, kernel_size: 5, kernel_initializer: " + initializer + "}");
        float[] parameters = spec.initialParameters(1);
        double squares = 0;
        for (int i = 0; i < 8000; i++) squares += (double) parameters[i] * parameters[i];

        assertThat(Math.sqrt(squares / 8000)).isCloseTo(deviation, within(0.03 * deviation));
        assertThat(Arrays.copyOfRange(parameters, 8000, 8040)).containsOnly(0f);
    }

    @Test
    void depthwiseKernelsLieAsKerasHasThem() {
        assertThat(with("[9, 8, 3]", "depthwise_conv2d: {kernel_size: [3, 2], depth_multiplier: 4}")
                        .layout()
                        .blocks())
                .startsWith(
                        new ParameterBlock("depthwise_conv2d_1/depthwise_kernel", List.of(3, 2, 3, 4), 0),
                        new ParameterBlock("depthwise_conv2d_1/bias", List.of(12), 72));
    }

    @Test
    void normalizationBeginsAsTheIdentity() {
        float[] parameters = with("3", "layer_normalization").initialParameters(1);

        assertThat(Arrays.copyOf(parameters, 6)).containsExactly(1, 1, 1, 0, 0, 0);
    }

    /** Outputs and gradients, twice 26 * 26 * 2 and 13 * 13 * 2; nothing for flatten; the mask of dropout beside. */
    @Test
    void keepsWhatItsLayersKeep() {
        ModelSpec spec = ModelSpec.fromYaml("""
                inputs: [28, 28, 1]
                layers:
                  - conv2d: {filters: 2, kernel_size: 3}
                  - max_pooling2d
                  - flatten
                  - dropout: {rate: 0.5}
                  - dense: {units: 3, activation: softmax}
                loss: categorical_crossentropy
                """);

        assertThat(spec.keptPerSample()).isEqualTo(2 * 1352 + 2 * 338 + 3 * 338 + 2 * 3);
    }
}
