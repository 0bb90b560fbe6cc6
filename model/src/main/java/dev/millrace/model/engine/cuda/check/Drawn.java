package dev.millrace.model.engine.cuda.check;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.Moments;
import java.util.SplittableRandom;

/** Random samples and parameters that fit a model. */
final class Drawn {
    private Drawn() {}

    /** Ids where the model takes some, else numbers in -1..1; labels that the loss accepts; weights in 0.5..2. */
    static SampleBatch samples(ModelSpec spec, int rows, SplittableRandom random) {
        SampleBatch batch = new SampleBatch(spec.inputs(), spec.labelWidth(), rows);
        batch.setRows(rows);
        int[] ids = spec.ids();
        float[] features = batch.features();
        int input = 0;
        for (int i = 0; i < features.length; i++) {
            features[i] = ids[input] > 0 ? random.nextInt(ids[input]) : number(random);
            if (++input == ids.length) input = 0;
        }
        for (int i = 0; i < batch.labels().length; i++) batch.labels()[i] = label(spec, random);
        for (int i = 0; i < rows; i++) batch.weights()[i] = (float) (0.5 + 1.5 * random.nextDouble());
        return batch;
    }

    private static float label(ModelSpec spec, SplittableRandom random) {
        return switch (spec.loss()) {
            case CATEGORICAL_CROSSENTROPY -> random.nextInt(spec.outputs());
            case BINARY_CROSSENTROPY, HINGE -> random.nextInt(2);
            case MEAN_SQUARED_ERROR -> number(random);
        };
    }

    private static float number(SplittableRandom random) {
        return (float) (2 * random.nextDouble() - 1);
    }

    /** In -0.5..0.5; moments as of 5,000 samples, so that normalization passes something. */
    static float[] parameters(ModelSpec spec, SplittableRandom random) {
        float[] parameters = new float[spec.layout().size()];
        for (int i = 0; i < parameters.length; i++) parameters[i] = (float) (random.nextDouble() - 0.5);
        for (Moments moments : spec.moments()) {
            for (int i = moments.offset() + moments.width(); i < moments.end() - 1; i++) {
                parameters[i] = 0.1f + Math.abs(parameters[i]); // variances
            }
            parameters[moments.end() - 1] = 5000;
        }
        return parameters;
    }
}
