package dev.millrace.model.batchsize;

/** Always the same; 1 is plain stochastic gradient descent. */
public record FixedBatchSize(int size) implements BatchSizePolicy {
    public FixedBatchSize {
        if (size < 1) throw new IllegalArgumentException("batch.size must be >= 1. Received: " + size);
    }

    @Override
    public BatchSizeState init() {
        return new BatchSizeState(size, "fixed", new double[0]);
    }

    @Override
    public BatchSizeState observe(BatchSizeState state, StepReading reading) {
        return state.batchSize() == size ? state : init(); // the size was changed in the configuration
    }
}
