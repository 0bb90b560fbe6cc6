package dev.millrace.model.batchsize;

/**
 * Notices that the loss rises, which a slow drift does before a detector fires. Averages of the mean loss, fast (0.9) and
 * slow (0.98 an update), and v, the average (0.98) of N (loss - slow before)^2, the variance of one sample's loss:
 *
 * <pre>{@code z = (fast - slow) / sqrt(v / (19 N))}</pre>
 *
 * since a fast average has the variance of 19 batches' mean. From the 21st update after a reset z > 2 counts as rising.
 * Starting biases are divided out.
 *
 * @param updates finite updates since the reset
 * @param z of the last update; NaN before the 21st
 */
record LossGuard(
        double fast,
        double fastWeight,
        double slow,
        double slowWeight,
        double variance,
        double varianceWeight,
        long updates,
        double z) {
    static final LossGuard NONE = new LossGuard(0, 0, 0, 0, 0, 0, 0, Double.NaN);
    static final int LENGTH = 8;
    private static final double FAST = 0.9;
    private static final double SLOW = 0.98;
    private static final int QUIET = 20; // updates after a reset that are not judged
    private static final double LIMIT = 2;
    private static final double SMALLEST_VARIANCE = 1e-12;

    /** Adds the mean loss of N samples, finite. */
    LossGuard observe(double loss, double n) {
        double v = variance;
        double vWeight = varianceWeight;
        if (slowWeight > 0) {
            double d = loss - slow / slowWeight;
            v = SLOW * v + (1 - SLOW) * n * d * d;
            vWeight = SLOW * vWeight + (1 - SLOW);
        }
        double f = FAST * fast + (1 - FAST) * loss;
        double fWeight = FAST * fastWeight + (1 - FAST);
        double s = SLOW * slow + (1 - SLOW) * loss;
        double sWeight = SLOW * slowWeight + (1 - SLOW);
        double score = Double.NaN;
        if (updates >= QUIET && vWeight > 0) {
            double ofFast = Math.max(v / vWeight, SMALLEST_VARIANCE) / (n * (1 + FAST) / (1 - FAST));
            score = (f / fWeight - s / sWeight) / Math.sqrt(ofFast);
        }
        return new LossGuard(f, fWeight, s, sWeight, v, vWeight, updates + 1, score);
    }

    boolean rising() {
        return z > LIMIT;
    }

    void write(double[] to, int at) {
        to[at] = fast;
        to[at + 1] = fastWeight;
        to[at + 2] = slow;
        to[at + 3] = slowWeight;
        to[at + 4] = variance;
        to[at + 5] = varianceWeight;
        to[at + 6] = updates;
        to[at + 7] = z;
    }

    static LossGuard read(double[] from, int at) {
        return new LossGuard(
                from[at],
                from[at + 1],
                from[at + 2],
                from[at + 3],
                from[at + 4],
                from[at + 5],
                (long) from[at + 6],
                from[at + 7]);
    }
}
