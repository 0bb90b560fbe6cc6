package dev.millrace.model.loss;

/** Sums over the rows that a loss has seen. Mutable, reused. */
public final class LossSums {
    /** sum_i weight_i. */
    public double weight;

    /** sum_i weight_i * loss_i. */
    public double loss;

    /** sum_i weight_i * loss_i^2. */
    public double lossSquared;

    /** Forgets everything. */
    public void reset() {
        weight = 0;
        loss = 0;
        lossSquared = 0;
    }

    void add(double rowWeight, double rowLoss) {
        if (rowWeight == 0) return; // even of a row whose loss overflowed
        weight += rowWeight;
        loss += rowWeight * rowLoss;
        lossSquared += rowWeight * rowLoss * rowLoss;
    }
}
