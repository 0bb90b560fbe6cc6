package dev.millrace.pipeline.gradient;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.table.TouchedRows;

/**
 * A block of the flat parameter vector, or some rows of a table, at one version, on its way from the parameter server to every
 * worker. Values are absolute, so a block may be repeated without harm; one of a set that is {@link #since since} another must
 * follow it.
 */
public final class ParameterBlock {
    /** Edge records above 5 MiB spill to disk in Flink, and large arrays are costly to collect: blocks of 1 MiB. */
    public static final int MAX_FLOATS = 256 * 1024;

    /** No table. */
    public static final int DENSE = -1;

    /** No set before; versions begin at 1. */
    public static final long WHOLE = 0;

    /** Which life of the server speaks. */
    public long incarnation;

    public long version;

    /** Which block this is, and of how many. */
    public int block;

    public int blocks;

    /** The set before, to which this one adds the rows that changed; {@link #WHOLE} if it has all rows. */
    public long since = WHOLE;

    /** Which table the block belongs to; {@link #DENSE} for what lies before the tables. */
    public int table = DENSE;

    /** Which rows of the table, beginning at {@link #from}, {@link #rowCount} of them. */
    public int[] rows = new int[0];

    public int rowCount;

    /** The place in {@link #rows} and {@link #values} of the first row. */
    public int from;

    /** Where it begins in the flat vector, if it is dense. */
    public int offset;

    public int length;

    /** At least {@link #length} values behind {@link #from} rows. */
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
        since = other.since;
        table = other.table;
        offset = other.offset;
        length = other.length;
        globalBatch = other.globalBatch;
        paused = other.paused;
        rowCount = other.rowCount;
        if (values.length < length) values = new float[length];
        if (rows.length < rowCount) rows = new int[rowCount];
        System.arraycopy(other.values, other.valuesFrom(), values, 0, length);
        System.arraycopy(other.rows, other.from, rows, 0, rowCount);
        from = 0;
    }

    /**
     * Copies its values to a model's engine.
     *
     * @param firstTable which of all tables is the model's first
     */
    void upload(GradientEngine engine, int firstTable) {
        if (table == DENSE) engine.upload(offset, values, length);
        else engine.uploadRows(table - firstTable, rows, values, rowCount);
    }

    /** Where the values of the block begin. */
    int valuesFrom() {
        return rowCount == 0 ? 0 : from * (length / rowCount);
    }

    /** Most rows of a table in one block, at least 1. */
    public static int mostRows(int width) {
        return Math.max(1, MAX_FLOATS / (width + 1)); // with their ids
    }

    /** How many blocks some rows of a table make. */
    public static int blocksOf(TouchedRows rows) {
        int most = mostRows(rows.width());
        return (rows.count() + most - 1) / most;
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
