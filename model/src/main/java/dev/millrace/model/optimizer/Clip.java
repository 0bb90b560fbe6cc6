package dev.millrace.model.optimizer;

/**
 * Bounds on a mean gradient.
 *
 * @param norm longest gradient, {@code g *= norm / max(|g|, norm)}; infinite for no bound
 * @param value largest element; infinite for no bound
 */
public record Clip(double norm, double value) {
    /** No bounds. */
    public static final Clip NONE = new Clip(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    public Clip {
        if (!(norm > 0)) throw new IllegalArgumentException("optimizer.clip_norm must be > 0. Received: " + norm);
        if (!(value > 0)) throw new IllegalArgumentException("optimizer.clip_value must be > 0. Received: " + value);
    }

    /** Clips the first {@code length} values in place; {@code gradientNorm}, of all that there are, is finite. */
    void apply(float[] gradient, int length, double gradientNorm) {
        if (gradientNorm > norm) {
            double scale = norm / gradientNorm; // double: it may be smaller than any float
            for (int i = 0; i < length; i++) gradient[i] = (float) (gradient[i] * scale);
        }
        if (value < Float.MAX_VALUE) {
            float bound = (float) value;
            for (int i = 0; i < length; i++) gradient[i] = Math.max(-bound, Math.min(bound, gradient[i]));
        }
    }
}
