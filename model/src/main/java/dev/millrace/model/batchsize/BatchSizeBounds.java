package dev.millrace.model.batchsize;

import java.io.Serializable;

/**
 * What a policy may ask for.
 *
 * @param min smallest global batch, >= 1
 * @param max largest global batch
 */
public record BatchSizeBounds(int min, int max) implements Serializable {
    public BatchSizeBounds {
        if (min < 1) throw new IllegalArgumentException("batch.min must be >= 1. Received: " + min);
        if (max < min) {
            throw new IllegalArgumentException("batch.max must be >= batch.min (" + min + "). Received: " + max);
        }
    }

    /** The nearest size within the bounds. */
    public int clamp(double size) {
        return (int) Math.floor(Math.min(Math.max(size, min), max) + 0.5);
    }
}
