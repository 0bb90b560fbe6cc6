package dev.millrace.model.loss;

import dev.millrace.model.memory.FastMath;
import dev.millrace.model.memory.Memory;
import dev.millrace.model.spec.Activation;

/** The mean over outputs of a function of one prediction and its label; gradient by the chain rule. */
abstract class ElementwiseLoss implements OutputLoss {
    private final int outputs;
    private final Activation activation;

    ElementwiseLoss(int outputs, Activation activation) {
        this.outputs = outputs;
        this.activation = activation;
    }

    abstract double loss(double prediction, double label);

    /** d loss / d prediction. */
    abstract double slope(double prediction, double label);

    @Override
    public void apply(
            long logits,
            long gradient,
            int rows,
            float[] labels,
            float[] weights,
            int from,
            float[] predictions,
            LossSums sums) {
        long z = logits;
        long d = gradient;
        for (int i = from; i < from + rows; i++) {
            double scale = weights[i] / (double) outputs;
            double loss = 0;
            for (int k = 0; k < outputs; k++, z += 4, d += 4) {
                float prediction = activate(Memory.get(z));
                float label = labels[i * outputs + k];
                predictions[i * outputs + k] = prediction;
                loss += loss(prediction, label);
                Memory.put(d, (float) (scale * slope(prediction, label) * derivative(prediction)));
            }
            sums.add(weights[i], loss / outputs);
        }
    }

    @Override
    public void predict(long logits, int rows, int from, float[] predictions) {
        long z = logits;
        for (int i = from * outputs; i < (from + rows) * outputs; i++, z += 4) {
            predictions[i] = activate(Memory.get(z));
        }
    }

    private float activate(float z) {
        return switch (activation) {
            case LINEAR, SOFTMAX -> z;
            case RELU -> Math.max(z, 0f);
            case TANH -> FastMath.tanh(z);
            case SIGMOID -> FastMath.sigmoid(z);
        };
    }

    private double derivative(double a) {
        return switch (activation) {
            case LINEAR, SOFTMAX -> 1;
            case RELU -> a > 0 ? 1 : 0;
            case TANH -> 1 - a * a;
            case SIGMOID -> a * (1 - a);
        };
    }
}
