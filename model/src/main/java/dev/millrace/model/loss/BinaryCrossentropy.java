package dev.millrace.model.loss;

import dev.millrace.model.memory.FastMath;
import dev.millrace.model.memory.Memory;

/**
 * Sigmoid cross-entropy from logits, mean over outputs, in nats: {@code l = max(z, 0) - z y + log(1 + e^-|z|)}; gradient
 * {@code (sigmoid(z) - y) / outputs}.
 *
 * <p>Example: z = 2, y = 0 gives 2.126928; z = 2, y = 1 gives 0.126928.
 */
final class BinaryCrossentropy implements OutputLoss {
    private final int outputs;

    BinaryCrossentropy(int outputs) {
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
        for (int i = from; i < from + rows; i++) {
            float scale = weights[i] / outputs;
            double loss = 0;
            for (int k = 0; k < outputs; k++, z += 4, d += 4) {
                float logit = Memory.get(z);
                float label = labels[i * outputs + k];
                float probability = FastMath.sigmoid(logit);
                predictions[i * outputs + k] = probability;
                loss += Math.max(logit, 0) - logit * label + FastMath.log1p(FastMath.exp(-Math.abs(logit)));
                Memory.put(d, scale * (probability - label));
            }
            sums.add(weights[i], loss / outputs);
        }
    }

    @Override
    public void predict(long logits, int rows, int from, float[] predictions) {
        long z = logits;
        for (int i = from * outputs; i < (from + rows) * outputs; i++, z += 4) {
            predictions[i] = FastMath.sigmoid(Memory.get(z));
        }
    }
}
