package dev.millrace.model.engine;

import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.model.table.TouchedRows;
import java.util.SplittableRandom;

/** Models and random samples that the reference, TensorFlow and the engine all take. */
final class Networks {
    private Networks() {}

    /** One hidden layer. */
    static ModelSpec of(int inputs, int hidden, String activation, int outputs, String lastActivation, Loss loss) {
        return ModelSpec.fromYaml("""
                inputs: %d
                layers:
                  - dense: {units: %d, activation: %s, bias_initializer: glorot_uniform}
                  - dense: {units: %d, activation: %s, bias_initializer: glorot_uniform}
                loss: %s
                """.formatted(inputs, hidden, activation, outputs, lastActivation, loss.word()));
    }

    static ModelSpec digits(int inputs, int hidden) {
        return of(inputs, hidden, "relu", 10, "softmax", Loss.CATEGORICAL_CROSSENTROPY);
    }

    /** Features in -1..1, labels that the loss accepts, weights in 0.5..2. */
    static SampleBatch samples(ModelSpec spec, int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int width = spec.labelWidth();
        SampleBatch batch = new SampleBatch(spec.inputs(), width, rows);
        float[] features = new float[spec.inputs()];
        float[] labels = new float[width];
        for (int i = 0; i < rows; i++) {
            for (int f = 0; f < features.length; f++) features[f] = (float) (2 * random.nextDouble() - 1);
            for (int k = 0; k < width; k++) labels[k] = label(spec, random);
            batch.append(features, labels, (float) (0.5 + 1.5 * random.nextDouble()));
        }
        return batch;
    }

    private static float label(ModelSpec spec, SplittableRandom random) {
        return switch (spec.loss()) {
            case CATEGORICAL_CROSSENTROPY -> random.nextInt(spec.outputs());
            case BINARY_CROSSENTROPY, HINGE -> random.nextInt(2);
            case MEAN_SQUARED_ERROR -> (float) (2 * random.nextDouble() - 1);
        };
    }

    /** An engine at the given parameters. */
    static GradientEngine engine(ModelSpec spec, float[] parameters) {
        GradientEngine engine = Engines.factory("nd4j").create(spec);
        engine.upload(0, parameters, parameters.length);
        return engine;
    }

    /** Loss and gradient sums of a batch at the given parameters. */
    static GradientSum gradient(ModelSpec spec, float[] parameters, SampleBatch batch, int microBatch) {
        GradientSum sum = new GradientSum(spec.layout().denseSize());
        try (GradientEngine engine = engine(spec, parameters)) {
            engine.lossAndGradient(batch, microBatch, sum);
        }
        return sum;
    }

    /** The gradient as one flat vector, rows not touched with zeros. */
    static float[] flat(ParameterLayout layout, GradientSum sum) {
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
}
