package dev.millrace.model.engine.cuda.check;

import dev.millrace.model.engine.cuda.CudaEngine;
import dev.millrace.model.engine.cuda.Cudnn;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.GlobalPooling1dSpec;
import dev.millrace.model.spec.GlobalPooling2dSpec;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.Pooling;
import dev.millrace.model.spec.Pooling2dSpec;
import java.util.ArrayList;
import java.util.List;

/** A model to check with, and how it is called in the tables. */
record CheckModel(String name, ModelSpec spec) {
    private static final String CLASSES = "dense: {units: 5, activation: softmax}], loss: categorical_crossentropy}";

    /** Whether its gradient jumps where two values are equal or one is 0, so that rounding decides which way a sample goes. */
    boolean jumps() {
        return spec.loss() == Loss.HINGE || spec.layers().stream().anyMatch(CheckModel::jumps);
    }

    private static boolean jumps(LayerSpec layer) {
        return layer.activation() == Activation.RELU
                || (layer instanceof Pooling2dSpec pool && pool.pooling() == Pooling.MAX)
                || (layer instanceof GlobalPooling2dSpec global && global.pooling() == Pooling.MAX)
                || (layer instanceof GlobalPooling1dSpec steps && steps.pooling() == Pooling.MAX);
    }

    private static CheckModel of(String name, String inputs, String layers) {
        return new CheckModel(
                name, ModelSpec.fromYaml("{name: m, inputs: " + inputs + ", layers: [" + layers + ", " + CLASSES));
    }

    private static CheckModel flat(String name, String layers) {
        return of(name, "24", layers);
    }

    private static CheckModel image(String layer) {
        return of(layer.replaceAll("[{},:].*", ""), "[12, 11, 3]", layer + ", flatten");
    }

    private static CheckModel sequence(String name, String layers) {
        return of(name, "[9, 6]", layers);
    }

    private static CheckModel ids(String name, String layers) {
        return of(name, "7", layers);
    }

    private static CheckModel loss(String loss, String activation) {
        return new CheckModel(
                loss,
                ModelSpec.fromYaml(
                        "{name: m, inputs: 24, layers: [dense: {units: 16, activation: tanh}, dense: {units: 1,"
                                + " activation: " + activation + "}], loss: " + loss + "}"));
    }

    /** Every kind of layer and every loss is in one of them. */
    static List<CheckModel> ofEveryKind() {
        List<CheckModel> models = new ArrayList<>(List.of(
                flat("dense relu", "dense: {units: 32, activation: relu}"),
                flat("dense tanh", "dense: {units: 32, activation: tanh}"),
                flat("dense sigmoid", "dense: {units: 32, activation: sigmoid}"),
                flat("normalization", "normalization, dense: {units: 16, activation: tanh}"),
                flat(
                        "layer_normalization",
                        "dense: {units: 16}, layer_normalization, dense: {units: 8, activation: tanh}"),
                flat("dropout", "dense: {units: 32, activation: tanh}, dropout: {rate: 0.4}"),
                flat(
                        "concatenate",
                        "concatenate: {branches: [{inputs: [0, 9], layers: [dense: {units: 6, activation: tanh}]},"
                                + " {layers: [dense: {units: 4}]}]}"),
                flat(
                        "add",
                        "add: {activation: tanh, branches: [{inputs: [0, 9], layers: [dense: {units: 6}]}, {layers:"
                                + " [dense: {units: 6}]}]}"),
                image("conv2d: {filters: 8, kernel_size: 3, activation: tanh}"),
                image("conv2d: {filters: 8, kernel_size: [3, 5], strides: 2, padding: same}"),
                image("conv2d: {filters: 16, kernel_size: [5, 3], padding: same, activation: tanh}"),
                image("conv2d: {filters: 8, kernel_size: 1, strides: 2, activation: tanh}"),
                image("depthwise_conv2d: {kernel_size: 3, depth_multiplier: 2}"),
                image("max_pooling2d: {pool_size: 2}"),
                image("average_pooling2d: {pool_size: 2}"),
                of("global_max_pooling2d", "[12, 11, 3]", "conv2d: {filters: 8, kernel_size: 3}, global_max_pooling2d"),
                of(
                        "global_average_pooling2d",
                        "[12, 11, 3]",
                        "conv2d: {filters: 8, kernel_size: 3}, global_average_pooling2d"),
                ids("sparse_linear", "sparse_linear: {input_dim: 50, units: 6, activation: tanh}"),
                ids(
                        "factorization_machine",
                        "concatenate: {branches: [{layers: [factorization_machine: {input_dim: 50, factors: 4,"
                                + " activation: tanh}]}, {layers: [sparse_linear: {input_dim: 50, units: 3}]}]}"),
                ids("embedding_bag", "embedding_bag: {input_dim: 50, output_dim: 6}"),
                ids("embedding_bag mean", "embedding_bag: {input_dim: 50, output_dim: 6, mode: mean, mask_zero: true}"),
                ids("embedding", "embedding: {input_dim: 50, output_dim: 6}, flatten")));
        models.addAll(ofSequences());
        models.add(loss("binary_crossentropy", "sigmoid"));
        models.add(loss("mean_squared_error", "linear"));
        models.add(loss("hinge", "linear"));
        return models;
    }

    /** With a dense layer. */
    static CheckModel digits() {
        return new CheckModel("784-128-10", dense(784, 10, 128));
    }

    /** With convolutions. */
    static CheckModel cnn() {
        return new CheckModel("cnn", ModelSpec.fromYaml("""
                name: cnn
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
                """));
    }

    /** Whether cuDNN is to compute its convolutions: both, where it has some and cuDNN is there. */
    List<Boolean> byCudnn() {
        return Cudnn.missing() == null && CudaEngine.convolves(spec) ? List.of(true, false) : List.of(true);
    }

    /** How it is called in the tables, with what computed its convolutions. */
    String name(String convolutions) {
        return convolutions.isEmpty() ? name : name + " (" + convolutions + ")";
    }

    private static List<CheckModel> ofSequences() {
        String padded = "embedding: {input_dim: 5, output_dim: 6, mask_zero: true}, ";
        return List.of(
                sequence("global_max_pooling1d", "conv2d: {filters: 8, kernel_size: [3, 1]}, global_max_pooling1d"),
                sequence("global_average_pooling1d", "global_average_pooling1d"),
                sequence("self_attention", "self_attention: {num_heads: 2, key_dim: 4}, flatten"),
                ids(
                        "self_attention mask",
                        padded + "self_attention: {num_heads: 2, key_dim: 4, mask_zero: true},"
                                + " global_average_pooling1d: {mask_zero: true}"),
                sequence("lstm", "lstm: {units: 7}"),
                sequence("lstm sequences", "lstm: {units: 7, return_sequences: true}, global_average_pooling1d"),
                ids("lstm mask", padded + "lstm: {units: 7, mask_zero: true}"));
    }

    /** For rates; {@code deploy/gpu/torch_loop.py} has the same by the same names. */
    static List<CheckModel> forRates() {
        return List.of(
                new CheckModel("784-512-256-10", dense(784, 10, 512, 256)),
                new CheckModel("4096-4096-4096-1000", dense(4096, 1000, 4096, 4096)),
                cnn(),
                new CheckModel("click-through", ModelSpec.fromYaml("""
                        name: click-through
                        inputs: 39
                        layers:
                          - add:
                              activation: sigmoid
                              branches:
                                - inputs: [0, 13]
                                  layers: [normalization, {dense: {units: 1}}]
                                - inputs: [13, 39]
                                  layers: [{sparse_linear: {input_dim: 2097152, units: 1}}]
                        loss: binary_crossentropy
                        """)));
    }

    static ModelSpec dense(int inputs, int outputs, int... hidden) {
        StringBuilder layers = new StringBuilder();
        for (int units : hidden) layers.append("dense: {units: ").append(units).append(", activation: relu}, ");
        return ModelSpec.fromYaml("{name: m, inputs: " + inputs + ", layers: [" + layers + "dense: {units: " + outputs
                + ", activation: softmax}], loss: categorical_crossentropy}");
    }
}
