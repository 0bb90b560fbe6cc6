package dev.millrace.model.batchsize;

/**
 * The largest goodput: throughput times statistical efficiency,
 *
 * <pre>{@code B / T(B) * (phi + B0) / (phi + B)}</pre>
 *
 * with measured, not necessarily affine step times T. Every ten updates the sizes between B0 and twice the largest measured
 * one, eight to the octave, are compared; a better one must be better by 5 %. The learning rate grows with the batch
 * (AdaScale from B0). Holds until ten estimates and a step time are known, and while phi is infinite. For T(B) = a + b B
 * the best is sqrt(r phi). Memory: {updates since judged, size or 0, table}. Source: Qiao et al. 2021 (Pollux).
 */
public record Goodput() implements BatchSizePolicy {
    private static final int PERIOD = 10;
    private static final double WORTH_IT = 1.05;
    private static final double STEP = StrictMath.pow(2, 1.0 / 8);
    private static final int SIZE = 1;
    private static final int TABLE = 2;

    @Override
    public String name() {
        return "goodput";
    }

    @Override
    public double[] init() {
        return new double[TABLE + ThroughputTable.LENGTH];
    }

    @Override
    public Choice observe(double[] memory, Signals signals) {
        double[] next = memory.clone();
        ThroughputTable table = new ThroughputTable(next, TABLE);
        table.add(signals.samples(), signals.reading().seconds());
        double floor = signals.coldStart();
        double size = Math.max(memory[SIZE], floor);
        next[0]++;
        if (next[0] < PERIOD) return new Choice(size, memory[SIZE] == 0 ? Reason.NO_ESTIMATE : Reason.GOODPUT, next);
        next[0] = 0;
        next[SIZE] = size;
        if (!signals.hasEstimate()) return new Choice(size, Reason.NO_ESTIMATE, next);
        if (!signals.hasNoiseScale()) return new Choice(size, Reason.NO_SIGNAL, next);
        if (table.largest() == 0) return new Choice(size, Reason.NO_STEP_TIME, next);
        next[SIZE] = best(table, size, signals);
        return new Choice(next[SIZE], next[SIZE] == size ? Reason.WITHIN_DEAD_BAND : Reason.GOODPUT, next);
    }

    private static double best(ThroughputTable table, double now, Signals signals) {
        double best = now;
        double most = WORTH_IT * goodput(table, now, signals);
        double to = Math.min(2 * table.largest(), signals.upper());
        for (double size = signals.coldStart(); size <= to; size *= STEP) {
            double goodput = goodput(table, size, signals);
            if (goodput <= most) continue;
            most = goodput;
            best = size;
        }
        return best;
    }

    /** Up to the factor phi + B0, which is the same for all sizes. */
    private static double goodput(ThroughputTable table, double size, Signals signals) {
        return size / (table.time(size, signals.roundCost()) * (signals.noiseScale() + size));
    }

    @Override
    public double rateReference(double statisticalSize, double coldStart) {
        return coldStart;
    }
}
