package dev.millrace.pipeline.registry;

import java.util.SplittableRandom;

/** Pauses between attempts: doubled each time, up to a limit, and spread so that workers do not knock all at once. */
record BackOff(long firstMillis, long maxMillis) {

    /**
     * Milliseconds before attempt {@code retry}: between half of {@code first * 2^retry} and the whole.
     *
     * @param retry from 0
     */
    long millis(int retry, SplittableRandom random) {
        long whole = Math.min(maxMillis, firstMillis << Math.min(retry, 20));
        return whole / 2 + random.nextLong(whole / 2 + 1);
    }
}
