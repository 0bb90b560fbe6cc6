package dev.millrace.model.loss;

import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.Loss;

/**
 * A loss together with the last activation: from the logits z (the last layer's weighted sums) to predictions, loss and
 * gradient. The two belong together because a cross-entropy from probabilities loses all digits when they underflow.
 */
public interface OutputLoss {

    /**
     * Goes through rows of one chunk.
     *
     * @param logits address of z, [rows, outputs]
     * @param gradient address that receives weight_i * d loss_i / d z, [rows, outputs]
     * @param labels all labels of the batch; the chunk's begin at row {@code from}
     * @param weights all weights of the batch, [batch]
     * @param from first row of the chunk in the batch
     * @param predictions of the batch, [batch, outputs], after the last activation
     * @param sums receives the sums
     */
    void apply(
            long logits,
            long gradient,
            int rows,
            float[] labels,
            float[] weights,
            int from,
            float[] predictions,
            LossSums sums);

    /** Writes the predictions of a chunk alone. */
    void predict(long logits, int rows, int from, float[] predictions);

    /** The implementation for a loss behind a last activation. */
    static OutputLoss of(Loss loss, Activation activation, int outputs) {
        return switch (loss) {
            case CATEGORICAL_CROSSENTROPY -> new CategoricalCrossentropy(outputs);
            case BINARY_CROSSENTROPY -> new BinaryCrossentropy(outputs);
            case MEAN_SQUARED_ERROR ->
                new ElementwiseLoss(outputs, activation) {
                    @Override
                    double loss(double prediction, double label) {
                        return (prediction - label) * (prediction - label);
                    }

                    @Override
                    double slope(double prediction, double label) {
                        return 2 * (prediction - label);
                    }
                };
            case HINGE ->
                new ElementwiseLoss(outputs, activation) {
                    @Override
                    double loss(double prediction, double label) {
                        return Math.max(0, 1 - sign(label) * prediction);
                    }

                    @Override
                    double slope(double prediction, double label) {
                        return sign(label) * prediction < 1 ? -sign(label) : 0;
                    }
                };
        };
    }

    private static double sign(double label) {
        return label > 0 ? 1 : -1;
    }
}
