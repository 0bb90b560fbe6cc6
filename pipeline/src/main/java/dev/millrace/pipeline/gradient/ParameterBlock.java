package dev.millrace.pipeline.gradient;

/**
 * A block of the flat parameter vector at one version, on its way from the parameter server to every worker. Values are
 * absolute, so a block may be skipped or repeated without harm.
 */
public final class ParameterBlock {
    /** Edge records above 5 MiB spill to disk in Flink, and large arrays are costly to collect: blocks of 1 MiB. */
    public static final int MAX_FLOATS = 256 * 1024;

    /** Which life of the server speaks. */
    public long incarnation;

    public long version;

    /** Which block this is, and of how many. */
    public int block;

    public int blocks;

    /** Where it begins in the flat vector. */
    public int offset;

    public int length;

    /** At least {@link #length} values. */
    public float[] values = new float[0];

    /** Global batch size that the server asks for. */
    public int globalBatch;

    /** Whether workers rest until they hear otherwise. */
    public boolean paused;

    /** Makes this a copy of another, in an array of its own. */
    public void set(ParameterBlock other) {
        incarnation = other.incarnation;
        version = other.version;
        block = other.block;
        blocks = other.blocks;
        offset = other.offset;
        length = other.length;
        globalBatch = other.globalBatch;
        paused = other.paused;
        if (values.length < length) values = new float[length];
        System.arraycopy(other.values, 0, values, 0, length);
    }

    /** How many blocks a vector of {@code parameters} makes, at least 1. */
    public static int blocksOf(int parameters) {
        return Math.max(1, (parameters + MAX_FLOATS - 1) / MAX_FLOATS);
    }

    /** Length of block {@code block} of a vector of {@code parameters}. */
    public static int lengthOf(int block, int parameters) {
        return Math.min(MAX_FLOATS, parameters - block * MAX_FLOATS);
    }
}
