package dev.millrace.model.batchsize;

/**
 * B_s = max(B0, sqrt(r phi)): samples and rounds are both worth their price, if the learning rate grows with the batch
 * (AdaScale from B0). r is measured in both regimes. Holds until ten estimates and a step time are known, and while phi is
 * infinite. Example: r 100, phi 400 gives 200. No memory. Source: McCandlish et al. 2018.
 */
public record NoiseScaleSize() implements BatchSizePolicy {
    @Override
    public String name() {
        return "noise-scale";
    }

    @Override
    public double[] init() {
        return new double[0];
    }

    @Override
    public Choice observe(double[] memory, Signals signals) {
        double floor = signals.coldStart();
        double held = Math.max(signals.statisticalSize(), floor);
        if (!signals.hasEstimate()) return new Choice(held, Reason.NO_ESTIMATE, memory);
        if (!signals.hasNoiseScale()) return new Choice(held, Reason.NO_SIGNAL, memory);
        if (Double.isNaN(signals.roundCost())) return new Choice(held, Reason.NO_STEP_TIME, memory);
        double best = OptimalSize.ofGoodput(signals.noiseScale(), signals.roundCost());
        return new Choice(Math.max(best, floor), best > floor ? Reason.NOISE_SCALE : Reason.COLD_START, memory);
    }

    @Override
    public double rateReference(double statisticalSize, double coldStart) {
        return coldStart;
    }
}
