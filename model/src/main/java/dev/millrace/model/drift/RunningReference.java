package dev.millrace.model.drift;

import java.nio.DoubleBuffer;

/**
 * What the loss has been lately: exponential averages of the value and of the squared distance from the mean before it,
 * both bias-corrected. With {@code d = x - mean} and {@code w_n = 1 - decay^n}:
 *
 * <pre>{@code
 * variance += (1 - decay) / w_(n-1) * (d^2 - variance)      from the second value on
 * mean     += (1 - decay) / w_n     * d
 * }</pre>
 *
 * The squared distance from the mean <em>before</em> the value is what the standardized value is made of, so that has
 * variance 1 from the beginning, while the mean is still uncertain.
 */
final class RunningReference {
    static final int STATE_LENGTH = 4;

    /** A noise below this part of the mean is rounding: a constant loss must not look like one that moves. */
    private static final double ROUNDING = 1e-9;

    private final double decay;
    private long count;
    private double weight;
    private double mean;
    private double variance;

    RunningReference(double decay) {
        this.decay = decay;
    }

    long count() {
        return count;
    }

    /** Distance of a value from the mean in standard deviations. */
    double standardize(double x) {
        double floor = Math.max(ROUNDING * Math.abs(mean), Float.MIN_VALUE);
        return (x - mean) / Math.max(Math.sqrt(variance), floor);
    }

    void add(double x) {
        double distance = x - mean;
        if (count > 0) variance += (1 - decay) / weight * (distance * distance - variance);
        weight = decay * weight + (1 - decay);
        mean += (1 - decay) / weight * distance;
        count++;
    }

    void reset() {
        count = 0;
        weight = 0;
        mean = 0;
        variance = 0;
    }

    void write(DoubleBuffer out) {
        out.put(count).put(weight).put(mean).put(variance);
    }

    void read(DoubleBuffer in) {
        count = (long) in.get();
        weight = in.get();
        mean = in.get();
        variance = in.get();
    }
}
