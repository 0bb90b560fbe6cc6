package dev.millrace.pipeline.produce;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Holds a loop to a number of turns per second, on average since its start; sleeps for a millisecond at least. */
public final class RateLimit {
    private static final long SHORTEST_SLEEP = 1_000_000;

    private final double nanosPerTurn;
    private final LongSupplier nanoTime;
    private final long start;
    private long turns;

    /**
     * Begins now.
     *
     * @param perSecond 0 for no limit
     * @param nanoTime monotonic clock
     */
    public RateLimit(double perSecond, LongSupplier nanoTime) {
        if (!(perSecond >= 0)) throw new IllegalArgumentException("--rate must be >= 0. Received: " + perSecond);
        this.nanosPerTurn = perSecond == 0 ? 0 : 1e9 / perSecond;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    /** How long the next turn must wait, nanoseconds. */
    long delay() {
        if (nanosPerTurn == 0) return 0;
        long due = start + (long) (turns * nanosPerTurn);
        long delay = due - nanoTime.getAsLong();
        return delay < SHORTEST_SLEEP ? 0 : delay;
    }

    /** Waits for the next turn. */
    public void await() {
        for (long delay = delay(); delay > 0; delay = delay()) LockSupport.parkNanos(delay);
        turns++;
    }
}
