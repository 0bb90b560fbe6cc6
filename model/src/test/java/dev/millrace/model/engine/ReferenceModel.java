package dev.millrace.model.engine;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.PlacedLayer;

/**
 * The same model once more, as naively as the formulas stand in a book: float64, one row at a time, probabilities first
 * and their logarithm after. Slow, unstable for large logits, and without a line in common with the engine.
 */
final class ReferenceModel {
    private final ModelSpec spec;

    ReferenceModel(ModelSpec spec) {
        this.spec = spec;
    }

    /** sum_i weight_i * loss_i. */
    double lossSum(double[] parameters, SampleBatch batch) {
        double sum = 0;
        for (int i = 0; i < batch.rows(); i++) {
            sum += batch.weights()[i] * loss(predict(parameters, batch, i), batch, i);
        }
        return sum;
    }

    double[] predict(double[] parameters, SampleBatch batch, int row) {
        double[] x = new double[spec.inputs()];
        for (int f = 0; f < x.length; f++) x[f] = batch.features()[row * x.length + f];
        for (PlacedLayer placed : spec.placedLayers()) x = ReferenceLayers.forward(placed, parameters, x);
        return x;
    }

    private double loss(double[] p, SampleBatch batch, int row) {
        int width = batch.labelWidth();
        double sum = 0;
        for (int k = 0; k < width; k++) {
            double y = batch.labels()[row * width + k];
            sum += switch (spec.loss()) {
                case CATEGORICAL_CROSSENTROPY -> -Math.log(p[(int) y]);
                case BINARY_CROSSENTROPY -> -(y * Math.log(p[k]) + (1 - y) * Math.log(1 - p[k]));
                case MEAN_SQUARED_ERROR -> (p[k] - y) * (p[k] - y);
                case HINGE -> Math.max(0, 1 - (2 * y - 1) * p[k]);
            };
        }
        return sum / width;
    }

    /** Central differences of {@link #lossSum}: {@code (J(theta + h) - J(theta - h)) / 2h}, one parameter at a time. */
    double[] gradient(double[] parameters, SampleBatch batch, double h) {
        double[] gradient = new double[parameters.length];
        double[] moved = parameters.clone();
        for (int j = 0; j < parameters.length; j++) {
            moved[j] = parameters[j] + h;
            double above = lossSum(moved, batch);
            moved[j] = parameters[j] - h;
            double below = lossSum(moved, batch);
            moved[j] = parameters[j];
            gradient[j] = (above - below) / (2 * h);
        }
        return gradient;
    }
}
