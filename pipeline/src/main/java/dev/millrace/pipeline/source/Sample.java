package dev.millrace.pipeline.source;

import org.jspecify.annotations.Nullable;

/**
 * One labeled example on its way through the ingest task. Mutable and reused: the chain consumes it before the next
 * record is decoded, so its arrays may belong to the decoder.
 */
public final class Sample {
    /** [features], as wide as the model's input; may be longer. */
    public float[] features = new float[0];

    /** [labels], as wide as the model's label; may be longer. */
    public float[] labels = new float[0];

    public float weight = 1;

    /** Milliseconds since the epoch. */
    public long eventTime;

    /** Where it came from, as {@link SplitIds} number it. */
    public int split;

    public long offset;

    /** Set instead of everything above if the record could not become a sample. */
    public @Nullable DeadLetter deadLetter;

    // What the stamper adds.

    /** A key that belongs to the very subtask that read the sample. */
    public int key;

    /** The mini-batch it belongs to. */
    public long batchId;

    /** How many samples that mini-batch is to have. */
    public int batchSize;

    /** Its place in the mini-batch, from 0. */
    public int position;

    /** Whether it is the last of its mini-batch. */
    public boolean closes;
}
