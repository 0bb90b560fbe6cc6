package dev.millrace.model.batchsize;

/**
 * B_s = max(B0, n / K), n the samples since the start or the last drift: on a stationary stream the best temperature falls
 * like 1 / n, and this reaches it in K ln(n) updates. Looks at nothing else. Example: K 200, n 51 200 gives 256. Memory:
 * {n}.
 *
 * @param updates K, >= 1
 */
public record ProportionalSize(double updates) implements BatchSizePolicy {
    public ProportionalSize {
        if (!(updates >= 1 && updates < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("K of the schedule n / K must be >= 1. Received: " + updates);
        }
    }

    @Override
    public String name() {
        return "schedule";
    }

    @Override
    public double[] init() {
        return new double[] {0};
    }

    @Override
    public Choice observe(double[] memory, Signals signals) {
        double n = memory[0] + signals.samples();
        return new Choice(Math.max(signals.coldStart(), n / updates), Reason.SCHEDULED, new double[] {n});
    }

    @Override
    public double[] afterFault(double[] memory) {
        return init();
    }
}
