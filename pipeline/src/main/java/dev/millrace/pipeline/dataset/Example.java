package dev.millrace.pipeline.dataset;

import org.jspecify.annotations.Nullable;

/** One row of a file; used again for the next. */
public final class Example {
    /** Of an example whose row does not say when it happened. */
    public static final long NO_TIME = Long.MIN_VALUE;

    public float[] features = new float[0];

    /** The first {@link #labelCount} count. */
    public float[] labels = new float[1];

    /** 0 for an example without label. */
    public int labelCount;

    public @Nullable String id;

    /** Milliseconds since the epoch, or {@link #NO_TIME}. */
    public long eventTime = NO_TIME;

    /** How much it counts, >= 0. */
    public float weight = 1;

    /** Forgets what a row need not have. */
    void clearOptional() {
        labelCount = 0;
        id = null;
        eventTime = NO_TIME;
        weight = 1;
    }
}
