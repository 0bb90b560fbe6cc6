package dev.millrace.model.engine;

import dev.millrace.model.spec.ModelSpec;
import java.util.SplittableRandom;

/** Small models and seeded batches for the engine's tests. */
final class Models {
    private Models() {}

    static ModelSpec of(int inputs, String hiddenActivation, int outputs, String outputActivation, String loss) {
        return ModelSpec.fromYaml("""
                name: test
                inputs: %d
                layers:
                  - dense: {units: 5, activation: %s}
                  - dense: {units: %d, activation: %s}
                loss: %s
                """.formatted(inputs, hiddenActivation, outputs, outputActivation, loss));
    }

    /** Random features, labels that the loss understands, weights 0.5, 1 or 1.5. */
    static SampleBatch batch(ModelSpec spec, int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SampleBatch batch = new SampleBatch(spec.inputs(), spec.labelWidth(), rows);
        float[] x = new float[spec.inputs()];
        float[] y = new float[spec.labelWidth()];
        for (int i = 0; i < rows; i++) {
            for (int f = 0; f < x.length; f++) x[f] = (float) (2 * random.nextDouble() - 1);
            for (int k = 0; k < y.length; k++) {
                y[k] = switch (spec.loss()) {
                    case CATEGORICAL_CROSSENTROPY -> random.nextInt(spec.outputs());
                    case BINARY_CROSSENTROPY -> random.nextInt(2);
                    case HINGE -> 2 * random.nextInt(2) - 1;
                    case MEAN_SQUARED_ERROR -> (float) random.nextDouble();
                };
            }
            batch.append(x, y, 0.5f * (1 + random.nextInt(3)));
        }
        return batch;
    }

    static GradientSum gradient(GradientEngine engine, float[] parameters, SampleBatch batch, int microBatch) {
        GradientSum sum = new GradientSum(parameters.length);
        engine.upload(0, parameters, parameters.length);
        engine.lossAndGradient(batch, microBatch, sum);
        return sum;
    }

    /** ||a - b|| / ||b||. */
    static double relativeError(float[] a, float[] b) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < b.length; i++) {
            difference += Math.pow((double) a[i] - b[i], 2);
            norm += Math.pow(b[i], 2);
        }
        return Math.sqrt(difference / norm);
    }
}
