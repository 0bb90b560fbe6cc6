package dev.millrace.pipeline.advise;

/**
 * How fast one worker learns in mini-batches of one size.
 *
 * @param samplesPerSecond median
 * @param cores processor time over time: those that were busy
 */
record Timing(int size, double samplesPerSecond, double cores) {

    double stepsPerSecond() {
        return samplesPerSecond / size;
    }

    /** Seconds for so many samples. */
    double seconds(double samples) {
        return samples / samplesPerSecond;
    }
}
