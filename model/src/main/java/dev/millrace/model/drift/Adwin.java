package dev.millrace.model.drift;

import java.nio.DoubleBuffer;

/**
 * Adaptive windowing: keeps the longest window of values whose mean has not changed. Every {@code clock} values each split
 * of the window into an older part (n0 values) and a newer one (n1) is tested, and the oldest bucket is dropped as long as
 * one of them differs by more than
 *
 * <pre>{@code
 * epsilon = sqrt(2 / m * variance * L) + 2 / (3 m) * range * L,   1/m = 1/n0 + 1/n1,   L = ln(2 ln(n) / delta)
 * }</pre>
 *
 * <p><b>One-sided.</b> The method finds changes in both directions and the window adapts to both, but it is a drift only if
 * the window's mean is higher after the cut than before. The cut is also the reset: the newer values stay, as they are of
 * the new concept.
 *
 * <p><b>Input.</b> The bound holds for values within an interval of width {@code range}: 1 for a share of wrong predictions.
 * A loss in other units needs its own: with a range far above its noise the detector is slow, far below it is not bounded
 * any more and alarms more often. Source: Bifet and Gavalda 2007, "Learning from time-changing data with adaptive windowing".
 */
public final class Adwin extends FiniteLossDetector {
    /** Neither part of a split is shorter: a mean of fewer says nothing, and the variance is that of the window. */
    private static final int SHORTEST_PART = 5;

    private final Constants constants;
    private final ExponentialHistogram window;
    private long time;
    // of the window; recomputed from the buckets at each check, so that rounding does not add up
    private double n;
    private double mean;
    private double variance;

    public Adwin(Constants constants) {
        super(DriftKind.ADWIN);
        this.constants = constants;
        window = new ExponentialHistogram(constants.buckets());
    }

    @Override
    boolean observeFinite(double loss) {
        window.add(loss);
        if (++time % constants.clock() != 0) return false;
        summarize();
        double before = mean;
        boolean cut = false;
        while (n >= 2 * SHORTEST_PART && changed()) {
            cut = true;
            window.dropOldest();
            summarize();
        }
        return cut && mean > before;
    }

    private void summarize() {
        n = 0;
        double squares = 0;
        mean = 0;
        for (int row = window.rows() - 1; row >= 0; row--) {
            double size = Math.scalb(1.0, row);
            for (int bucket = 0; bucket < window.counts[row]; bucket++) {
                double difference = window.sum(row, bucket) / size - mean;
                squares += window.squares(row, bucket) + difference * difference * n * size / (n + size);
                n += size;
                mean += difference * size / n;
            }
        }
        variance = squares / n;
    }

    /** Whether any split of the window differs, from the oldest on. */
    private boolean changed() {
        double confidence = Math.log(2 * Math.log(n) / constants.delta());
        double n0 = 0;
        double sum0 = 0;
        for (int row = window.rows() - 1; row >= 0; row--) {
            for (int bucket = 0; bucket < window.counts[row]; bucket++) {
                n0 += Math.scalb(1.0, row);
                sum0 += window.sum(row, bucket);
                double n1 = n - n0;
                if (n1 < SHORTEST_PART) return false;
                if (n0 < SHORTEST_PART) continue;
                double parts = 1 / n0 + 1 / n1; // 1 / m
                double epsilon =
                        Math.sqrt(2 * parts * variance * confidence) + 2.0 / 3 * parts * constants.range() * confidence;
                if (Math.abs(sum0 / n0 - (n * mean - sum0) / n1) > epsilon) return true;
            }
        }
        return false;
    }

    @Override
    int stateLength() {
        return 1 + window.stateLength();
    }

    @Override
    void write(DoubleBuffer out) {
        out.put(time);
        window.write(out);
    }

    @Override
    boolean read(DoubleBuffer in) {
        double clock = in.get();
        if (!window.read(in)) return false;
        time = (long) clock;
        return true;
    }

    /**
     * The numbers of the method.
     *
     * @param delta probability of a false alarm per check, in (0, 1)
     * @param clock values between checks, >= 1
     * @param buckets of each size, >= 2; more find the moment of a change more exactly
     * @param range width of the interval that holds the values, > 0
     */
    public record Constants(double delta, int clock, int buckets, double range) {
        public static final Constants DEFAULT = new Constants(0.002, 32, 5, 1);

        public Constants {
            Limits.require(delta > 0 && delta < 1, "adwin.delta", "in (0, 1)", delta);
            Limits.require(clock >= 1, "adwin.clock", ">= 1", clock);
            Limits.require(buckets >= 2 && buckets <= 1000, "adwin.buckets", "in 2..1000", buckets);
            Limits.require(range > 0 && range < 1e9, "adwin.range", "in (0, 1e9)", range);
        }
    }
}
