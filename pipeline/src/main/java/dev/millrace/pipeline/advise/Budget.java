package dev.millrace.pipeline.advise;

import java.util.function.LongSupplier;

/** The time that a study may take, and how much of it is over. */
final class Budget {
    private final LongSupplier nanoTime;
    private final long start;
    private final double seconds;

    /** @param nanoTime a clock in nanoseconds */
    Budget(double seconds, LongSupplier nanoTime) {
        this.seconds = seconds;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    double seconds() {
        return seconds;
    }

    /** Seconds since the start. */
    double elapsed() {
        return (nanoTime.getAsLong() - start) / 1e9;
    }

    /** Whether something may begin that takes so many seconds, so that this share of the time is not exceeded. */
    boolean allows(double cost, double share) {
        return elapsed() + cost <= share * seconds;
    }

    /** Share that is over, at most 1. */
    double spent() {
        return Math.min(1, elapsed() / seconds);
    }
}
