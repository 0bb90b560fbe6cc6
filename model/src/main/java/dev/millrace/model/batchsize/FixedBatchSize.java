package dev.millrace.model.batchsize;

/** Always the same; 1 is plain stochastic gradient descent. */
public record FixedBatchSize(int size) implements BatchSizePolicy {
    private static final double[] NOTHING = {};

    public FixedBatchSize {
        if (size < 1) throw new IllegalArgumentException("batch.size must be >= 1. Received: " + size);
    }

    @Override
    public String name() {
        return "fixed";
    }

    @Override
    public double[] init() {
        return NOTHING;
    }

    @Override
    public double initial(double coldStart) {
        return size;
    }

    @Override
    public Choice observe(double[] memory, Signals signals) {
        return new Choice(size, Reason.FIXED, memory);
    }

    @Override
    public boolean isFixed() {
        return true;
    }
}
