package dev.millrace.pipeline.gradient;

import java.io.Serializable;

/**
 * How a worker goes about its mini-batches.
 *
 * @param staleness how many steps it may be ahead of the parameters it has: 0 is synchronous,
 *     {@link Integer#MAX_VALUE} asynchronous
 * @param microBatch how many samples go through the engine at once
 * @param withNorms whether the batch-size policy wants the norms of the samples' own gradients
 */
public record WorkerSettings(int staleness, int microBatch, boolean withNorms) implements Serializable {
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    public WorkerSettings {
        if (staleness < 0) {
            throw new IllegalArgumentException("training.staleness must be >= 0. Received: " + staleness);
        }
        if (microBatch < 1) {
            throw new IllegalArgumentException("batch.micro must be >= 1. Received: " + microBatch);
        }
    }
}
