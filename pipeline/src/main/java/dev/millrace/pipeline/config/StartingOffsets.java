package dev.millrace.pipeline.config;

/** Where a job without a checkpoint begins to read. */
public enum StartingOffsets {
    /** The oldest record still there. */
    EARLIEST,
    /** The next record to arrive. */
    LATEST,
    /** What the consumer group committed last; the oldest record where it has committed nothing. */
    COMMITTED
}
