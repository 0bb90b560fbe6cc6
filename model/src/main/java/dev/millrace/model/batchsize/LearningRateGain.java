package dev.millrace.model.batchsize;

/**
 * By how much the learning rate follows a batch B that the system forces away from the statistical size B_s, so that
 * the temperature eta / B stays what it would have been.
 *
 * <pre>{@code
 * B < B_s - 0.5:   g = B / B_s                            decay instead of growth
 * B > 1.05 B_s:    g = (phi / B_s + 1) / (phi / B + 1)    AdaScale, = B / B_s if phi is infinite; at most max
 * otherwise        g = 1
 * }</pre>
 *
 * B is the published size, dead band and rounding included, as that is what the gradients are averaged over.
 */
public enum LearningRateGain {
    /** lr = lr0 g, for gradient descent with or without momentum. */
    LINEAR {
        @Override
        double scale(double gain) {
            return gain;
        }
    },
    /** lr = lr0 sqrt(g), for optimizers that divide by the gradient's magnitude: Adam, AdamW, RMSProp. */
    SQUARE_ROOT {
        @Override
        double scale(double gain) {
            return Math.sqrt(gain);
        }
    };

    abstract double scale(double gain);

    /** Factor of the learning rate; 1 where an unknown noise scale (NaN) would be needed. */
    double of(double batchSize, double statisticalSize, double noiseScale, double max) {
        if (batchSize < statisticalSize - 0.5) return scale(Math.min(batchSize / statisticalSize, max));
        if (!(batchSize > 1.05 * statisticalSize) || Double.isNaN(noiseScale)) return 1;
        return scale(Math.min(adaScale(noiseScale, statisticalSize, batchSize), max));
    }

    /**
     * (phi / B0 + 1) / (phi / B + 1), in 1..B/B0 for B >= B0: the progress of a step at B, in steps at B0. Example: phi
     * 640, 16, 64 gives 41/11. Source: Johnson et al. 2020.
     */
    public static double adaScale(double noiseScale, double from, double to) {
        return noiseScale == Double.POSITIVE_INFINITY ? to / from : (noiseScale / from + 1) / (noiseScale / to + 1);
    }
}
