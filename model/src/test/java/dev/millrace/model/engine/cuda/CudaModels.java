package dev.millrace.model.engine.cuda;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.Moments;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.model.table.TouchedRows;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Models with each layer and loss that there are kernels for, and samples for them. */
final class CudaModels {
    static final String DIGITS = """
            inputs: 21
            layers: [{dense: {units: 34, activation: relu}}, {dense: {units: 10, activation: softmax}}]
            loss: categorical_crossentropy
            """;

    static final String IMAGES = """
            inputs: [9, 8, 2]
            layers:
              - conv2d: {filters: 5, kernel_size: 3, activation: relu}
              - max_pooling2d: {}
              - conv2d: {filters: 4, kernel_size: [2, 3], strides: [1, 2], padding: same, activation: tanh}
              - flatten
              - dense: {units: 7, activation: relu}
              - dense: {units: 3, activation: softmax}
            loss: categorical_crossentropy
            """;

    static final String CLICKS = """
            inputs: 9
            layers:
              - add:
                  activation: sigmoid
                  branches:
                    - inputs: [0, 3]
                      layers: [normalization, {dense: {units: 1}}]
                    - inputs: [3, 9]
                      layers: [{sparse_linear: {input_dim: 40, units: 1}}]
            loss: binary_crossentropy
            """;

    private CudaModels() {}

    static Stream<String> all() {
        return Stream.of(simple(), overChannels(), overSteps()).flatMap(models -> models);
    }

    private static Stream<String> simple() {
        return Stream.of(
                DIGITS,
                IMAGES,
                CLICKS,
                dense("tanh", "1", "linear", "mean_squared_error"),
                dense("sigmoid", "3", "sigmoid", "binary_crossentropy"),
                dense("linear", "2", "tanh", "mean_squared_error"),
                dense("relu", "2", "relu", "mean_squared_error"),
                dense("relu", "1", "linear", "hinge"),
                image("conv2d: {filters: 2, kernel_size: 9, padding: same}, flatten: {}"),
                image(
                        "conv2d: {filters: 3, kernel_size: 2, strides: 2, activation: sigmoid}, global_max_pooling2d: {}"),
                image("conv2d: {filters: 3, kernel_size: 2}, max_pooling2d: {pool_size: 3, strides: 1}, flatten: {}"),
                image("conv2d: {filters: 3, kernel_size: 2}, average_pooling2d: {pool_size: [2, 3], strides: [1, 2]},"
                        + " conv2d: {filters: 2, kernel_size: 2, activation: tanh}, flatten: {}"),
                image("max_pooling2d: {}, conv2d: {filters: 5, kernel_size: 1, activation: relu},"
                        + " global_average_pooling2d: {}"),
                image("normalization: {}, conv2d: {filters: 3, kernel_size: 2}, flatten: {}"),
                ids("embedding: {input_dim: 12, output_dim: 4}, flatten: {}"),
                ids("embedding: {input_dim: 12, output_dim: 4, mask_zero: true}, flatten: {}"),
                ids("embedding_bag: {input_dim: 12, output_dim: 4}"),
                ids("embedding_bag: {input_dim: 12, output_dim: 4, mode: mean, mask_zero: true}"),
                ids("sparse_linear: {input_dim: 12, units: 4, activation: tanh, mask_zero: true}"),
                ids("factorization_machine: {input_dim: 12, factors: 3, activation: tanh}"),
                ids("factorization_machine: {input_dim: 12, factors: 3, mask_zero: true}"),
                """
                inputs: 20
                layers:
                  - dense: {units: 16, activation: relu}
                  - dropout: {rate: 0.3, seed: 7}
                  - dense: {units: 3, activation: softmax}
                loss: categorical_crossentropy
                """,
                """
                inputs: 5
                layers:
                  - add:
                      activation: sigmoid
                      branches:
                        - inputs: [2, 5]
                          layers: [{sparse_linear: {input_dim: 6, units: 1}}]
                        - layers:
                            - concatenate:
                                branches:
                                  - {inputs: [0, 2], layers: [{dense: {units: 3, activation: tanh}}]}
                                  - {inputs: [2, 5], layers: [{embedding: {input_dim: 6, output_dim: 2}}, flatten]}
                            - dense: {units: 4, activation: tanh}
                            - dense: {units: 1}
                loss: binary_crossentropy
                """,
                """
                inputs: 4
                layers:
                  - dense: {units: 5, activation: tanh}
                  - concatenate:
                      branches:
                        - {layers: [{dense: {units: 3, activation: sigmoid}}]}
                        - {inputs: [1, 4], layers: [{dense: {units: 2, activation: tanh}}]}
                        - {inputs: [0, 2], layers: [flatten]}
                  - dense: {units: 3, activation: softmax}
                loss: categorical_crossentropy
                """,
                """
                inputs: 4
                layers:
                  - dense: {units: 3}
                  - add:
                      activation: relu
                      branches:
                        - {layers: [flatten]}
                        - {layers: [{dense: {units: 6, activation: tanh}}, {dense: {units: 3}}]}
                  - dense: {units: 2}
                loss: mean_squared_error
                """);
    }

    /** Convolutions of each channel; normalization of a pixel, of a flat sample before a layer and before the loss, and of more channels than a warp takes. */
    static Stream<String> overChannels() {
        return Stream.of(
                image("depthwise_conv2d: {kernel_size: 3}, flatten: {}"),
                image(
                        "depthwise_conv2d: {kernel_size: [2, 3], depth_multiplier: 3, strides: 2, padding: same, activation:"
                                + " tanh}, depthwise_conv2d: {kernel_size: 2, activation: relu}, flatten: {}"),
                image(
                        "conv2d: {filters: 35, kernel_size: 1}, depthwise_conv2d: {kernel_size: 9, strides: [1, 2], padding:"
                                + " same, activation: sigmoid}, global_average_pooling2d: {}"),
                """
                inputs: [3, 2, 1]
                layers: [{depthwise_conv2d: {kernel_size: [3, 2], depth_multiplier: 4}}, flatten]
                loss: mean_squared_error
                """,
                image("conv2d: {filters: 5, kernel_size: 2}, layer_normalization: {},"
                        + " conv2d: {filters: 33, kernel_size: 2}, layer_normalization: {epsilon: 0.1}, flatten: {}"),
                image("layer_normalization: {}, flatten: {}, dense: {units: 40}, layer_normalization: {}"),
                """
                inputs: 7
                layers: [{dense: {units: 3}}, {layer_normalization: {}}]
                loss: mean_squared_error
                """,
                """
                inputs: 5
                layers: [{dense: {units: 1100}}, {layer_normalization: {}}, {dense: {units: 2}}]
                loss: mean_squared_error
                """);
    }

    /** Sequences of 7 steps of 5 features, and ids, some of which are padding. */
    static Stream<String> overSteps() {
        return Stream.of(
                sequence("lstm: {units: 4}"),
                sequence(
                        "lstm: {units: 35, return_sequences: true, mask_zero: true}, lstm: {units: 3, mask_zero: true}"),
                sequence(
                        "conv2d: {filters: 4, kernel_size: [3, 1], activation: tanh}, lstm: {units: 1, return_sequences:"
                                + " true}, flatten: {}"),
                ids(
                        "embedding: {input_dim: 4, output_dim: 6, mask_zero: true}, lstm: {units: 5, return_sequences: true,"
                                + " mask_zero: true}, self_attention: {num_heads: 2, key_dim: 3, mask_zero: true}, flatten: {}"),
                """
                inputs: [1, 3]
                layers: [{lstm: {units: 2, mask_zero: true}}]
                loss: mean_squared_error
                """,
                sequence("self_attention: {key_dim: 4}, flatten: {}"),
                sequence("conv2d: {filters: 35, kernel_size: [3, 1], activation: tanh}, self_attention: {num_heads: 3,"
                        + " key_dim: 5, mask_zero: true}, layer_normalization: {}, global_average_pooling1d: {}"),
                ids("embedding: {input_dim: 4, output_dim: 6, mask_zero: true}, self_attention: {num_heads: 2, key_dim:"
                        + " 3, mask_zero: true}, self_attention: {key_dim: 33, mask_zero: true}, flatten: {}"),
                """
                inputs: [37, 2]
                layers: [{self_attention: {num_heads: 2, key_dim: 3}}, flatten]
                loss: mean_squared_error
                """,
                sequence("global_average_pooling1d: {}"),
                sequence("global_max_pooling1d: {}"),
                sequence("global_max_pooling1d: {mask_zero: true}"),
                sequence("conv2d: {filters: 35, kernel_size: [3, 1], activation: relu},"
                        + " global_average_pooling1d: {mask_zero: true}"),
                ids("embedding: {input_dim: 4, output_dim: 6, mask_zero: true},"
                        + " global_average_pooling1d: {mask_zero: true}"),
                ids("embedding: {input_dim: 4, output_dim: 6, mask_zero: true},"
                        + " global_max_pooling1d: {mask_zero: true}"));
    }

    static String sequence(String layers) {
        return """
                inputs: [7, 5]
                layers: [%s, dense: {units: 3, activation: softmax}]
                loss: categorical_crossentropy
                """.formatted(layers);
    }

    private static String dense(String hidden, String units, String activation, String loss) {
        return """
                inputs: 7
                layers: [{dense: {units: 33, activation: %s}}, {dense: {units: %s, activation: %s}}]
                loss: %s
                """.formatted(hidden, units, activation, loss);
    }

    private static String image(String layers) {
        return """
                inputs: [7, 6, 2]
                layers: [%s, dense: {units: 3, activation: softmax}]
                loss: categorical_crossentropy
                """.formatted(layers);
    }

    private static String ids(String layers) {
        return """
                inputs: 5
                layers: [%s, dense: {units: 3, activation: softmax}]
                loss: categorical_crossentropy
                """.formatted(layers);
    }

    /** Features in -1..1, ids with repetitions, labels that the loss accepts, weights in 0.5..2. */
    static SampleBatch samples(ModelSpec spec, int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] ids = spec.ids();
        SampleBatch batch = new SampleBatch(spec.inputs(), spec.labelWidth(), rows);
        float[] features = new float[spec.inputs()];
        float[] labels = new float[spec.labelWidth()];
        for (int i = 0; i < rows; i++) {
            for (int f = 0; f < features.length; f++) {
                features[f] = ids[f] > 0 ? random.nextInt(ids[f]) : (float) (2 * random.nextDouble() - 1);
            }
            for (int k = 0; k < labels.length; k++) {
                labels[k] = switch (spec.loss()) {
                    case CATEGORICAL_CROSSENTROPY -> random.nextInt(spec.outputs());
                    case BINARY_CROSSENTROPY, HINGE -> random.nextInt(2);
                    case MEAN_SQUARED_ERROR -> (float) (2 * random.nextDouble() - 1);
                };
            }
            batch.append(features, labels, (float) (0.5 + 1.5 * random.nextDouble()));
        }
        return batch;
    }

    /** Initial parameters with noise, none of them as simple as 0 or 1; moments as of many samples. */
    static float[] parameters(ModelSpec spec, long seed) {
        float[] parameters = spec.initialParameters(seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < parameters.length; i++) parameters[i] += (float) (0.4 * random.nextDouble() - 0.2);
        for (Moments moments : spec.moments()) {
            for (int i = 0; i < moments.width(); i++)
                parameters[moments.offset() + moments.width() + i] = 0.3f + 0.1f * i;
            parameters[moments.offset() + 2 * moments.width()] = 5000;
        }
        return parameters;
    }

    static GradientSum sum(ModelSpec spec, boolean withNorms) {
        return new GradientSum(spec.layout().denseSize(), withNorms);
    }

    static GradientSum gradient(
            GradientEngine engine, ModelSpec spec, float[] parameters, SampleBatch batch, int microBatch) {
        GradientSum sum = sum(spec, true);
        engine.upload(0, parameters, parameters.length);
        engine.lossAndGradient(batch, microBatch, sum);
        return sum;
    }

    /** The gradient as one flat vector, rows not touched with zeros. */
    static float[] flat(ModelSpec spec, GradientSum sum) {
        ParameterLayout layout = spec.layout();
        float[] flat = new float[layout.size()];
        System.arraycopy(sum.gradient, 0, flat, 0, sum.gradient.length);
        for (int t = 0; t < sum.rows.length; t++) {
            TouchedRows rows = sum.rows[t];
            ParameterBlock table = layout.tables().get(t);
            for (int i = 0; i < rows.count(); i++) {
                int to = table.offset() + rows.ids()[i] * rows.width();
                System.arraycopy(rows.values(), i * rows.width(), flat, to, rows.width());
            }
        }
        return flat;
    }

    /** ||a - b|| / ||b||. */
    static double distance(float[] a, float[] b, int length) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < length; i++) {
            difference += Math.pow((double) a[i] - b[i], 2);
            norm += Math.pow(b[i], 2);
        }
        return Math.sqrt(difference / norm);
    }
}
