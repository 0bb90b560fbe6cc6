package dev.millrace.model.engine;

import dev.millrace.model.spec.ModelSpec;
import java.util.stream.Stream;

/** Models with each of the layers for images, small enough for finite differences. */
final class ImageModels {
    private ImageModels() {}

    /** Layers between an image of 7 x 6 x 2 and a softmax of three classes. */
    static Stream<String> layers() {
        return Stream.of(
                "conv2d: {filters: 3, kernel_size: 3, activation: tanh}, flatten: {}",
                "conv2d: {filters: 3, kernel_size: 3, padding: same, activation: relu}, flatten: {}",
                "conv2d: {filters: 3, kernel_size: [3, 2], strides: [2, 3], activation: sigmoid}, flatten: {}",
                "conv2d: {filters: 2, kernel_size: [2, 4], strides: 2, padding: same}, flatten: {}",
                "conv2d: {filters: 2, kernel_size: 9, padding: same}, flatten: {}",
                "conv2d: {filters: 3, kernel_size: 1}, conv2d: {filters: 2, kernel_size: 3, activation: relu}, flatten: {}",
                "conv2d: {filters: 20, kernel_size: 2, activation: tanh},"
                        + " conv2d: {filters: 3, kernel_size: 2, padding: same, strides: 2}, flatten: {}",
                "conv2d: {filters: 3, kernel_size: 2}, max_pooling2d: {}, flatten: {}",
                "conv2d: {filters: 3, kernel_size: 2}, max_pooling2d: {pool_size: 3, strides: 1}, flatten: {}",
                "max_pooling2d: {}, conv2d: {filters: 3, kernel_size: 2}, flatten: {}",
                "conv2d: {filters: 3, kernel_size: 2}, average_pooling2d: {}, flatten: {}",
                "conv2d: {filters: 3, kernel_size: 2}, average_pooling2d: {pool_size: [2, 3], strides: [1, 2]},"
                        + " flatten: {}",
                "conv2d: {filters: 5, kernel_size: 3, activation: relu}, global_average_pooling2d: {}",
                "conv2d: {filters: 5, kernel_size: 3}, global_max_pooling2d: {}",
                "conv2d: {filters: 4, kernel_size: 3}, layer_normalization: {}, flatten: {}",
                "conv2d: {filters: 4, kernel_size: 3}, flatten: {}, layer_normalization: {epsilon: 0.1}",
                "depthwise_conv2d: {kernel_size: 3, activation: tanh}, flatten: {}",
                "depthwise_conv2d: {kernel_size: [2, 3], strides: 2, padding: same, depth_multiplier: 3},"
                        + " conv2d: {filters: 3, kernel_size: 1, activation: relu}, flatten: {}",
                "conv2d: {filters: 4, kernel_size: 2}, depthwise_conv2d: {kernel_size: 2, depth_multiplier: 2,"
                        + " activation: sigmoid}, flatten: {}",
                "layer_normalization: {}, flatten: {}, dense: {units: 4, activation: tanh}",
                "conv2d: {filters: 4, kernel_size: 3, padding: same, activation: relu}, max_pooling2d: {},"
                        + " layer_normalization: {}, conv2d: {filters: 5, kernel_size: 2, activation: tanh},"
                        + " average_pooling2d: {}, flatten: {}, dense: {units: 4, activation: relu}");
    }

    static ModelSpec of(String layers) {
        return ModelSpec.fromYaml("""
                inputs: [7, 6, 2]
                layers: [%s, dense: {units: 3, activation: softmax, bias_initializer: glorot_uniform}]
                loss: categorical_crossentropy
                """.formatted(layers));
    }

    /** Initial parameters, none of them as simple as 0 or 1. */
    static float[] parameters(ModelSpec spec) {
        float[] parameters = spec.initialParameters(11);
        float[] noise = Networks.samples(spec, 1 + parameters.length / spec.inputs(), 12)
                .features();
        for (int i = 0; i < parameters.length; i++) parameters[i] += 0.2f * noise[i];
        return parameters;
    }

    /** The convolutional network that the benchmark runs. */
    static ModelSpec digits() {
        return ModelSpec.fromYaml("""
                inputs: [28, 28, 1]
                layers:
                  - conv2d: {filters: 16, kernel_size: 3, activation: relu}
                  - max_pooling2d
                  - conv2d: {filters: 32, kernel_size: 3, activation: relu}
                  - max_pooling2d
                  - flatten
                  - dense: {units: 64, activation: relu}
                  - dense: {units: 10, activation: softmax}
                loss: categorical_crossentropy
                """);
    }
}
