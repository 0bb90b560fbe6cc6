package dev.millrace.model.batchsize;

/**
 * The batch with the most progress at once: B_s = max(B0, B*(u, phi, r_e)), without waiting for samples to anneal. Fewest
 * updates of all, and least sensitive to the learning rate. Until ten estimates it is B0; while the gradient cannot be
 * told from its noise (phi infinite) it stays. No memory.
 */
public record BestProgress() implements BatchSizePolicy {
    @Override
    public String name() {
        return "progress";
    }

    @Override
    public double[] init() {
        return new double[0];
    }

    @Override
    public Choice observe(double[] memory, Signals signals) {
        double floor = signals.coldStart();
        double held = Math.max(signals.statisticalSize(), floor);
        if (!signals.hasEstimate() || Double.isNaN(signals.curvature())) {
            return new Choice(held, Reason.NO_ESTIMATE, memory);
        }
        if (!signals.hasNoiseScale()) return new Choice(held, Reason.NO_SIGNAL, memory);
        double best = OptimalSize.ofProgress(signals.curvature(), signals.noiseScale(), signals.exchange());
        return new Choice(Math.max(best, floor), best > floor ? Reason.PROGRESS : Reason.COLD_START, memory);
    }
}
