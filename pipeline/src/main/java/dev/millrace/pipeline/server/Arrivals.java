package dev.millrace.pipeline.server;

import java.util.Arrays;

/**
 * How many samples wait in the topics and how many arrive: what was taken plus what the backlog grew by, over the time
 * it took. Each second's rate is averaged with what was known, half and half. A source that does not know its backlog
 * leaves both unknown.
 */
final class Arrivals {
    private static final long WINDOW_NANOS = 1_000_000_000;
    private static final double UNKNOWN = Double.NaN;

    private long[] pending = new long[0]; // of each worker, -1 while unknown
    private double rate = UNKNOWN;
    private long windowStart;
    private double lagAtStart = UNKNOWN;
    private long taken;

    /** A worker contributed. */
    void contributed(int worker, int workers, int samples, long pendingRecords) {
        if (pending.length != workers) {
            pending = new long[workers];
            Arrays.fill(pending, -1);
        }
        pending[worker] = pendingRecords;
        taken += samples;
    }

    /** A step closed. */
    void closed(long nowNanos) {
        double lag = lag();
        boolean begun = !Double.isNaN(lagAtStart);
        if (begun && nowNanos - windowStart < WINDOW_NANOS) return;
        if (begun && !Double.isNaN(lag)) {
            double seen = Math.max(0, taken + lag - lagAtStart) * 1e9 / (nowNanos - windowStart);
            rate = Double.isNaN(rate) ? seen : (rate + seen) / 2;
        }
        windowStart = nowNanos;
        lagAtStart = lag;
        taken = 0;
    }

    /** Samples per second; NaN while unknown. */
    double rate() {
        return rate;
    }

    /** Samples that wait; NaN while a worker has not told. */
    double lag() {
        if (pending.length == 0) return UNKNOWN;
        double sum = 0;
        for (long records : pending) {
            if (records < 0) return UNKNOWN;
            sum += records;
        }
        return sum;
    }
}
