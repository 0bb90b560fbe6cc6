package dev.millrace.model.batchsize;

/**
 * Annealing: the batch is a constant fraction of the samples that the model has learnt from since the last drift, but no
 * larger than what gives the most progress.
 *
 * <pre>{@code
 * 1. if the loss rises: n = max(0.9 n - N, 0)
 * 2. n += N
 * 3. from the 10th estimate, phi finite: cap = max(B0, B*(u, phi, r_e)); if n / K > cap: n = max(K cap, 0.9 n)
 * 4. B_s = max(B0, n / K)
 * }</pre>
 *
 * 1: for a stationary stream the best temperature eta / B falls like 1 / n. 3: far from the optimum or under slow drift
 * the gradient is large against its noise, and large batches waste samples. Shrinking by at most 10 % an update is the
 * hysteresis. Memory: {n}.
 *
 * <p>It was meant as the default. In the running job it was good for linear models and far too quick for networks: K
 * updates for each e-fold of samples suit only one conditioning, and B* sees what the next step gains, not what the
 * slow directions still have to go. {@link GrowOnSettling} measures instead.
 *
 * @param live K while the stream is followed; 128 to 200 for a deep net still far from its floor
 * @param catchUp K while a backlog is worked off; half of it when a round costs more than 1000 samples
 */
public record AnnealedProgress(double live, double catchUp) implements BatchSizePolicy {
    /** 64 live, 32 catching up. */
    public static final AnnealedProgress RECOMMENDED = new AnnealedProgress(64, 32);

    private static final double FORGET = 0.9;
    private static final double EXPENSIVE_ROUND = 1000;

    public AnnealedProgress {
        if (!(live >= 1 && live < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("updates per e-fold, live, must be >= 1. Received: " + live);
        }
        if (!(catchUp >= 1 && catchUp < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("updates per e-fold, catching up, must be >= 1. Received: " + catchUp);
        }
    }

    @Override
    public String name() {
        return "annealed";
    }

    @Override
    public double[] init() {
        return new double[] {0};
    }

    @Override
    public Choice observe(double[] memory, Signals signals) {
        double n = memory[0];
        Reason reason = Reason.ANNEALING;
        if (signals.lossRising()) {
            n = Math.max(n * FORGET - signals.samples(), 0);
            reason = Reason.LOSS_RISING;
        }
        n += signals.samples();
        double k = updates(signals);
        if (signals.hasNoiseScale() && !Double.isNaN(signals.curvature())) {
            double best = OptimalSize.ofProgress(signals.curvature(), signals.noiseScale(), signals.exchange());
            double cap = Math.max(signals.coldStart(), best);
            if (n / k > cap) {
                n = Math.max(k * cap, n * FORGET);
                if (reason == Reason.ANNEALING) reason = Reason.PROGRESS;
            }
        }
        boolean cold = n / k <= signals.coldStart();
        double size = cold ? signals.coldStart() : n / k;
        return new Choice(size, cold && reason == Reason.ANNEALING ? Reason.COLD_START : reason, new double[] {n});
    }

    private double updates(Signals signals) {
        if (signals.regime() == Regime.LIVE) return live;
        return signals.roundCost() > EXPENSIVE_ROUND ? Math.max(catchUp / 2, 1) : catchUp;
    }

    @Override
    public double[] afterFault(double[] memory) {
        return init();
    }
}
