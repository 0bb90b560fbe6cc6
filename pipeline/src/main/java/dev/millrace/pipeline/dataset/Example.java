package dev.millrace.pipeline.dataset;

/** One row of a file; used again for the next. */
public final class Example {
    public float[] features = new float[0];

    /** The first {@link #labelCount} count. */
    public float[] labels = new float[1];

    /** 0 for an example without label. */
    public int labelCount;
}
