package dev.millrace.pipeline.advise;

import java.util.List;

/**
 * What each size gets through in the same time. The last tenth of the samples is held out; the time is what the fastest
 * size takes for those before, so that every size is judged on the same samples, which it has not learnt from.
 *
 * @param seconds that every size has
 * @param heldOut index of the first sample that is held out
 */
record EqualTime(double seconds, int heldOut) {

    static EqualTime of(List<Timing> timings, int samples) {
        int heldOut = samples - samples / 10;
        double shortest = timings.stream()
                .mapToDouble(timing -> timing.seconds(heldOut))
                .min()
                .orElseThrow();
        return new EqualTime(shortest, heldOut);
    }

    /** Samples in the whole steps that are done in time; the rounding of the fastest size's own time does not count. */
    int samples(Timing timing) {
        double steps = Math.floor(seconds * timing.stepsPerSecond() + 1e-9);
        return (int) Math.min(steps * timing.size(), heldOut - heldOut % timing.size());
    }
}
