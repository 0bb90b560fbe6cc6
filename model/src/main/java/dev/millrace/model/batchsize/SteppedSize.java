package dev.millrace.model.batchsize;

/**
 * B_s = B0 factor^floor(n / n0), n the samples since the start or the last drift: where a schedule would divide the
 * learning rate. At most 2^30. Example: B0 16, doubled every 10 000, n 35 000 gives 128. Memory: {n}. Source: Devarakonda et
 * al. 2017 (AdaBatch).
 *
 * @param factor >= 1
 * @param every n0 samples, >= 1
 */
public record SteppedSize(double factor, long every) implements BatchSizePolicy {
    private static final double LARGEST = 1 << 30;

    public SteppedSize {
        if (!(factor >= 1 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("factor of the schedule must be >= 1. Received: " + factor);
        }
        if (every < 1) throw new IllegalArgumentException("samples per step must be >= 1. Received: " + every);
    }

    @Override
    public String name() {
        return "stepped-schedule";
    }

    @Override
    public double[] init() {
        return new double[] {0};
    }

    @Override
    public Choice observe(double[] memory, Signals signals) {
        double n = memory[0] + signals.samples();
        double size = signals.coldStart() * StrictMath.pow(factor, Math.floor(n / every));
        return new Choice(Math.min(size, LARGEST), Reason.SCHEDULED, new double[] {n});
    }

    @Override
    public double[] afterFault(double[] memory) {
        return init();
    }
}
