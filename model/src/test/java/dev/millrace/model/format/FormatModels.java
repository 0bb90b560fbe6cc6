package dev.millrace.model.format;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.Branch;
import dev.millrace.model.spec.BranchesSpec;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.Moments;
import dev.millrace.model.spec.ParameterBlock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Models of every kind of layer, with parameters none of which is as simple as 0 or 1, and samples for them. */
final class FormatModels {
    private static final String SOFTMAX = "dense: {units: 3, activation: softmax}], loss: categorical_crossentropy}";

    private FormatModels() {}

    private static ModelSpec image(String layers) {
        return ModelSpec.fromYaml("{name: m, inputs: [7, 6, 2], layers: [" + layers + ", " + SOFTMAX);
    }

    private static ModelSpec sequence(String layers) {
        return ModelSpec.fromYaml("{name: m, inputs: [6, 3], layers: [" + layers + ", " + SOFTMAX);
    }

    private static ModelSpec ids(String layers) {
        return ModelSpec.fromYaml("{name: m, inputs: 5, layers: [" + layers + ", " + SOFTMAX);
    }

    /** Every kind of layer stands in one of them. */
    static Stream<ModelSpec> all() {
        return Stream.of(
                        Stream.of(
                                        "dense: {units: 4, activation: relu}",
                                        "normalization: {epsilon: 0.001}, dense: {units: 4, activation: tanh}",
                                        "dropout: {rate: 0.5}, dense: {units: 4, activation: sigmoid}, layer_normalization: {}",
                                        "concatenate: {branches: [{inputs: [0, 2], layers: [normalization, dense: {units: 2}]},"
                                                + " {inputs: [2, 5], layers: [sparse_linear: {input_dim: 9, units: 3}]},"
                                                + " {layers: [dropout: {rate: 0.1}]}]}",
                                        "add: {activation: tanh, branches: [{layers: [dense: {units: 4}]}, {inputs: [1, 3],"
                                                + " layers: [embedding_bag: {input_dim: 9, output_dim: 4}]}]}",
                                        "sparse_linear: {input_dim: 9, units: 4, activation: tanh}",
                                        "sparse_linear: {input_dim: 9, units: 1, mask_zero: true}",
                                        "factorization_machine: {input_dim: 9, factors: 4, activation: sigmoid}",
                                        "factorization_machine: {input_dim: 9, factors: 1, mask_zero: true}",
                                        "embedding_bag: {input_dim: 9, output_dim: 4}",
                                        "embedding_bag: {input_dim: 9, output_dim: 4, mode: mean}",
                                        "embedding_bag: {input_dim: 9, output_dim: 4, mode: mean, mask_zero: true}",
                                        "embedding: {input_dim: 9, output_dim: 4}, flatten: {}",
                                        "embedding: {input_dim: 9, output_dim: 4, mask_zero: true},"
                                                + " lstm: {units: 3, mask_zero: true}",
                                        "embedding: {input_dim: 9, output_dim: 4},"
                                                + " conv2d: {filters: 2, kernel_size: [3, 1]}, max_pooling2d: {pool_size: [2, 1]},"
                                                + " global_average_pooling1d: {}")
                                .map(FormatModels::ids),
                        Stream.of(
                                        "flatten: {}",
                                        "normalization: {}, conv2d: {filters: 3, kernel_size: 3, activation: tanh}, flatten: {}",
                                        "conv2d: {filters: 3, kernel_size: [3, 2], strides: [2, 3], padding: same}, flatten: {}",
                                        "conv2d: {filters: 2, kernel_size: 9, padding: same}, flatten: {}",
                                        "conv2d: {filters: 3, kernel_size: 2}, max_pooling2d: {}, flatten: {},"
                                                + " dense: {units: 4, activation: relu}",
                                        "conv2d: {filters: 3, kernel_size: 2}, max_pooling2d: {pool_size: 3, strides: 1},"
                                                + " conv2d: {filters: 4, kernel_size: 2, activation: relu}, flatten: {}",
                                        "average_pooling2d: {pool_size: [2, 3], strides: [1, 2]}, flatten: {}",
                                        "conv2d: {filters: 5, kernel_size: 3}, layer_normalization: {},"
                                                + " global_average_pooling2d: {}",
                                        "global_max_pooling2d: {}",
                                        "conv2d: {filters: 5, kernel_size: 3}, dropout: {rate: 0.2}, global_max_pooling2d: {}",
                                        "depthwise_conv2d: {kernel_size: [2, 3], strides: 2, padding: same, depth_multiplier: 3,"
                                                + " activation: relu}, conv2d: {filters: 3, kernel_size: 1}, flatten: {}")
                                .map(FormatModels::image),
                        Stream.of(
                                        "lstm: {units: 4}",
                                        "lstm: {units: 2, return_sequences: true}, flatten: {}",
                                        "lstm: {units: 4, return_sequences: true, mask_zero: true},"
                                                + " lstm: {units: 3, mask_zero: true}",
                                        "self_attention: {key_dim: 4}, flatten: {}",
                                        "self_attention: {num_heads: 3, key_dim: 2, mask_zero: true},"
                                                + " global_average_pooling1d: {mask_zero: true}",
                                        "lstm: {units: 4, return_sequences: true, mask_zero: true}, self_attention: {num_heads: 2,"
                                                + " key_dim: 3, mask_zero: true}, layer_normalization: {},"
                                                + " global_max_pooling1d: {}",
                                        "global_average_pooling1d: {}",
                                        "global_max_pooling1d: {mask_zero: true}",
                                        "conv2d: {filters: 4, kernel_size: [3, 1], activation: tanh}, lstm: {units: 2}")
                                .map(FormatModels::sequence),
                        Stream.of(
                                ModelSpec.fromYaml("{name: m, inputs: 5, layers: [factorization_machine: {input_dim: 9,"
                                        + " factors: 3, activation: sigmoid}], loss: binary_crossentropy}"),
                                ModelSpec.fromYaml(
                                        "{name: m, inputs: 4, layers: [dense: {units: 2}], loss: mean_squared_error}"),
                                ModelSpec.fromYaml("{name: m, inputs: 4, layers: [dense: {units: 2, activation: tanh}],"
                                        + " loss: hinge}")))
                .flatMap(models -> models);
    }

    /** Its layers and those of its branches. */
    static Stream<LayerSpec> layers(List<LayerSpec> layers) {
        return layers.stream()
                .flatMap(layer -> layer instanceof BranchesSpec branches
                        ? Stream.concat(
                                Stream.of(layer), branches.branches().stream().flatMap(FormatModels::of))
                        : Stream.of(layer));
    }

    private static Stream<LayerSpec> of(Branch branch) {
        return layers(branch.layers());
    }

    /** In -0.8..0.8; moments of 5,000 samples. */
    static float[] parameters(ModelSpec spec, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] parameters = new float[spec.layout().size()];
        for (int i = 0; i < parameters.length; i++) parameters[i] = (float) (1.6 * random.nextDouble() - 0.8);
        for (Moments moments : spec.moments()) {
            for (int i = moments.offset() + moments.width(); i < moments.end() - 1; i++) {
                parameters[i] = Math.abs(parameters[i]);
            }
            parameters[moments.end() - 1] = 5000;
        }
        return parameters;
    }

    static Snapshot snapshot(ModelSpec spec, float[] parameters, @Nullable String features) {
        return new Snapshot(
                SnapshotParts.split(spec, features, 7, 1_700_000_000_000L, parameters, Map.of("samples", "5"), 1 << 20)
                        .manifest(),
                parameters);
    }

    /** Ids where there are some, else numbers in -1..1; steps of zeros in the first rows, the third is nothing but zeros. */
    static float[] features(ModelSpec spec, int rows) {
        SplittableRandom random = new SplittableRandom(3);
        int width = spec.inputs();
        int[] ids = spec.ids();
        float[] features = new float[rows * width];
        for (int i = 0; i < features.length; i++) {
            int most = ids[i % width];
            features[i] = most > 0 ? random.nextInt(most) : (float) (2 * random.nextDouble() - 1);
        }
        int step = spec.inputShape().isSequence() ? spec.inputShape().channels() : 1;
        Arrays.fill(features, width - 2 * step, width, 0);
        Arrays.fill(features, width + step, width + 2 * step, 0);
        Arrays.fill(features, 2 * width, 3 * width, 0);
        return features;
    }

    /** What the engine makes of them, [rows, outputs]. */
    static float[] predictions(ModelSpec spec, float[] parameters, float[] features) {
        int rows = features.length / spec.inputs();
        SampleBatch batch = new SampleBatch(spec.inputs(), spec.labelWidth(), rows);
        System.arraycopy(features, 0, batch.features(), 0, features.length);
        batch.setRows(rows);
        float[] predictions = new float[rows * spec.outputs()];
        try (GradientEngine engine = Engines.factory("nd4j").create(spec)) {
            engine.upload(0, parameters, parameters.length);
            engine.predict(batch, rows, predictions);
        }
        return predictions;
    }

    /** The names of all tensors. */
    static List<String> tensors(ModelSpec spec) {
        return spec.layout().blocks().stream().map(ParameterBlock::name).toList();
    }
}
