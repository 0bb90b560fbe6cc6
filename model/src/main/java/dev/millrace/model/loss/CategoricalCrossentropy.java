package dev.millrace.model.loss;

import dev.millrace.model.memory.FastMath;
import dev.millrace.model.memory.Memory;

/**
 * Softmax cross-entropy from logits, in nats: {@code l = log sum_k e^(z_k - m) - (z_y - m), m = max z}; gradient
 * {@code softmax(z) - onehot(y)}.
 *
 * <p>Example: logits 1.2, -0.8, -0.5, label 0 give 0.276130 nats: {@code log(1 + e^-2 + e^-1.7)}. Source: Goodfellow et al.
 * 2016, 6.2.2.
 */
final class CategoricalCrossentropy implements OutputLoss {
    private final int outputs;

    CategoricalCrossentropy(int outputs) {
        this.outputs = outputs;
    }

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
        for (int i = from; i < from + rows; i++, z += 4L * outputs, d += 4L * outputs) {
            int label = (int) labels[i];
            if (label < 0 || label >= outputs) {
                throw new IllegalArgumentException(
                        "row " + i + ": the label must be a class in 0.." + (outputs - 1) + ". Received: " + labels[i]);
            }
            float weight = weights[i];
            float max = max(z);
            double total = softmax(z, max, predictions, i * outputs);
            sums.add(weight, Math.log(total) - (Memory.get(z + 4L * label) - max));
            int p = i * outputs;
            for (int k = 0; k < outputs; k++) {
                Memory.put(d + 4L * k, weight * (predictions[p + k] - (k == label ? 1f : 0f)));
            }
        }
    }

    @Override
    public void predict(long logits, int rows, int from, float[] predictions) {
        long z = logits;
        for (int i = from; i < from + rows; i++, z += 4L * outputs) softmax(z, max(z), predictions, i * outputs);
    }

    private float max(long z) {
        float max = Memory.get(z);
        for (int k = 1; k < outputs; k++) max = Math.max(max, Memory.get(z + 4L * k));
        return max;
    }

    /** Writes the probabilities and returns sum_k e^(z_k - max). */
    private double softmax(long z, float max, float[] predictions, int offset) {
        double total = 0;
        for (int k = 0; k < outputs; k++) {
            float e = FastMath.exp(Memory.get(z + 4L * k) - max);
            predictions[offset + k] = e;
            total += e;
        }
        float scale = (float) (1 / total);
        for (int k = 0; k < outputs; k++) predictions[offset + k] *= scale;
        return total;
    }
}
