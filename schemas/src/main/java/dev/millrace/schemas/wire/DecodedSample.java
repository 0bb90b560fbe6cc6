package dev.millrace.schemas.wire;

import java.util.Arrays;

/** A decoded sample in arrays that are used again for the next; only the first {@code ...Count} entries count. */
public final class DecodedSample {
    public float[] dense = new float[0];
    public int denseCount;
    public int[] sparseIndices = new int[0];
    public float[] sparseValues = new float[0];
    public int sparseCount;
    public int[] tokens = new int[0];
    public int tokenCount;
    public float[] labels = new float[1];
    public int labelCount;
    public float weight;

    /** Milliseconds since the epoch. */
    public long eventTime;

    /** UTF-8; {@link #idLength} of -1 means that there is no id. */
    public byte[] id = new byte[0];

    public int idLength = -1;

    /** Forgets the sample before. */
    public void clear() {
        denseCount = 0;
        sparseCount = 0;
        tokenCount = 0;
        labelCount = 0;
        weight = 1;
        eventTime = 0;
        idLength = -1;
    }

    /** Makes room; what was there may be lost. */
    public void ensureDense(int count) {
        if (dense.length < count) dense = new float[count];
    }

    void ensureSparseValues(int count) {
        if (sparseValues.length < count) sparseValues = new float[count];
    }

    void ensureSparseIndices(int count) {
        if (sparseIndices.length < count) sparseIndices = Arrays.copyOf(sparseIndices, grown(count));
    }

    void ensureTokens(int count) {
        if (tokens.length < count) tokens = Arrays.copyOf(tokens, grown(count));
    }

    /** Makes room; what is there stays. */
    public void ensureLabels(int count) {
        if (labels.length < count) labels = Arrays.copyOf(labels, grown(count));
    }

    void ensureId(int length) {
        if (id.length < length) id = new byte[length];
    }

    private static int grown(int count) {
        return Math.max(count, count + count / 2);
    }
}
