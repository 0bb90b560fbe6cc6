package dev.millrace.model.drift;

import java.nio.DoubleBuffer;

/**
 * The longest window of values whose mean has not changed. Every {@code clock} values each split of the window into an
 * older part (n0 values) and a newer one (n1) is tested, and the oldest bucket is dropped as long as one of them differs by
 * more than
 *
 * <pre>{@code
 * epsilon = sqrt(2 / m * variance * L) + 2 / (3 m) * range * L,   1/m = 1/n0 + 1/n1,   L = ln(2 ln(n) / delta)
 * }</pre>
 *
 * Source: Bifet and Gavalda 2007, "Learning from time-changing data with adaptive windowing", ADWIN2.
 */
final class AdwinWindow {
    /** Neither part of a split is shorter: the mean of fewer values says little about their distribution. */
    private static final int SHORTEST_PART = 5;

    private final Adwin.Constants constants;
    private final ExponentialHistogram histogram;
    private long time;
    // of the window; recomputed from the buckets at each check, so that rounding does not add up
    private double n;
    private double mean;
    private double variance;

    AdwinWindow(Adwin.Constants constants) {
        this.constants = constants;
        histogram = new ExponentialHistogram(constants.buckets());
    }

    /** Adds a value; whether older ones were dropped by that and the mean of the window is higher now. */
    boolean add(double value) {
        histogram.add(value);
        if (++time % constants.clock() != 0) return false;
        summarize();
        double before = mean;
        while (n >= 2 * SHORTEST_PART && changed()) {
            histogram.dropOldest();
            summarize();
        }
        return mean > before;
    }

    void clear() {
        histogram.clear();
        time = 0;
    }

    private void summarize() {
        n = 0;
        mean = 0;
        double squares = 0;
        for (int row = histogram.rows() - 1; row >= 0; row--) {
            double size = Math.scalb(1.0, row);
            for (int bucket = 0; bucket < histogram.buckets(row); bucket++) {
                double difference = histogram.sum(row, bucket) / size - mean;
                squares += histogram.squares(row, bucket) + difference * difference * n * size / (n + size);
                n += size;
                mean += difference * size / n;
            }
        }
        variance = squares / n;
    }

    /** Whether the parts of any split differ, from the oldest on. */
    private boolean changed() {
        double confidence = Math.log(2 * Math.log(n) / constants.delta());
        double n0 = 0;
        double sum0 = 0;
        for (int row = histogram.rows() - 1; row >= 0; row--) {
            for (int bucket = 0; bucket < histogram.buckets(row); bucket++) {
                n0 += Math.scalb(1.0, row);
                sum0 += histogram.sum(row, bucket);
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

    int stateLength() {
        return 1 + histogram.stateLength();
    }

    void write(DoubleBuffer out) {
        out.put(time);
        histogram.write(out);
    }

    boolean read(DoubleBuffer in) {
        time = (long) in.get();
        return histogram.read(in);
    }
}
