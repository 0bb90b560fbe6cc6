package dev.millrace.model.batchsize;

/**
 * What a policy sees at one update, smoothed where the reading is noisy.
 *
 * @param reading of this update: finite, at least one sample
 * @param estimates updates since the reset that told S and P
 * @param covariance averaged S; NaN before the first estimate
 * @param noiseScale phi, 0..infinity; NaN before the first estimate
 * @param curvature u, 1/16..1; NaN where unknown
 * @param lossRising whether the loss guard says so
 * @param statisticalSize B_s of the update before
 * @param coldStart B0, below which no policy goes
 * @param exchange r_e, samples that a round is worth in this regime
 * @param roundCost r = a / b, samples; NaN where unknown
 * @param upper largest batch that the system can bear now
 */
public record Signals(
        StepReading reading,
        long estimates,
        double covariance,
        double noiseScale,
        double curvature,
        boolean lossRising,
        double statisticalSize,
        double coldStart,
        Regime regime,
        double exchange,
        double roundCost,
        int upper) {
    private static final int ENOUGH = 10;

    /** N. */
    public long samples() {
        return reading.samples();
    }

    /** Whether averages may be acted upon. */
    public boolean hasEstimate() {
        return estimates >= ENOUGH;
    }

    /** Whether phi may be acted upon: it is neither young nor infinite. */
    public boolean hasNoiseScale() {
        return hasEstimate() && noiseScale < Double.POSITIVE_INFINITY;
    }
}
