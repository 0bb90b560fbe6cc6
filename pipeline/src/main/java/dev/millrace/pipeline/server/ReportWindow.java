package dev.millrace.pipeline.server;

/** What accumulated since the last report, and whether the next is due: by time, or by samples if so configured. */
final class ReportWindow {
    private final long everyNanos;
    private final long everySamples; // 0: by time alone
    private long startNanos;
    long samples;
    double weight;
    double lossSum;

    /**
     * @param everyNanos time between reports
     * @param everySamples samples between reports; 0 for none
     * @param nowNanos monotonic clock
     */
    ReportWindow(long everyNanos, long everySamples, long nowNanos) {
        this.everyNanos = everyNanos;
        this.everySamples = everySamples;
        this.startNanos = nowNanos;
    }

    void add(long stepSamples, double stepWeight, double stepLossSum) {
        samples += stepSamples;
        weight += stepWeight;
        lossSum += stepLossSum;
    }

    boolean isDue(long nowNanos) {
        if (samples == 0) return false;
        return nowNanos - startNanos >= everyNanos || (everySamples > 0 && samples >= everySamples);
    }

    double seconds(long nowNanos) {
        return (nowNanos - startNanos) / 1e9;
    }

    /** Weighted mean loss; NaN without weight. */
    double loss() {
        return lossSum / weight;
    }

    void restart(long nowNanos) {
        startNanos = nowNanos;
        samples = 0;
        weight = 0;
        lossSum = 0;
    }
}
