package dev.millrace.pipeline.server;

import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.model.table.Table;
import dev.millrace.model.table.TouchedRows;
import dev.millrace.pipeline.gradient.ParameterBlock;

/**
 * Parameters of one version on their way to the workers: all dense blocks, and of each table the rows that changed since the
 * set sent before, or all of them.
 */
final class ParameterSet {
    final ParameterBlock[] dense;
    final TouchedRows[] rows; // [tables], absolute values

    /** The version of the set sent before, or {@link ParameterBlock#WHOLE}. */
    long since = ParameterBlock.WHOLE;

    private final ParameterBlock message = new ParameterBlock(); // of rows

    ParameterSet(ParameterLayout layout) {
        int size = layout.denseSize();
        dense = new ParameterBlock[ParameterBlock.blocksOf(size)];
        for (int i = 0; i < dense.length; i++) {
            ParameterBlock block = new ParameterBlock();
            block.block = i;
            block.offset = i * ParameterBlock.MAX_FLOATS;
            block.length = ParameterBlock.lengthOf(i, size);
            block.values = new float[block.length];
            dense[i] = block;
        }
        rows = Table.touched(layout.tables());
    }

    /** What the blocks have in common. */
    void head(long incarnation, long version, int globalBatch, boolean paused) {
        for (ParameterBlock block : dense) head(block, incarnation, version, globalBatch, paused);
        head(message, incarnation, version, globalBatch, paused);
    }

    private static void head(ParameterBlock block, long incarnation, long version, int globalBatch, boolean paused) {
        block.incarnation = incarnation;
        block.version = version;
        block.globalBatch = globalBatch;
        block.paused = paused;
    }

    long version() {
        return dense[0].version;
    }

    /** How many blocks it is sent as. */
    int blocks() {
        int blocks = dense.length;
        for (TouchedRows table : rows) blocks += ParameterBlock.blocksOf(table);
        return blocks;
    }

    /** One of its blocks, valid until the next is asked for. */
    ParameterBlock block(int index) {
        ParameterBlock block = index < dense.length ? dense[index] : rows(index);
        block.blocks = blocks();
        block.since = since;
        return block;
    }

    private ParameterBlock rows(int index) {
        int left = index - dense.length;
        int table = 0;
        while (left >= ParameterBlock.blocksOf(rows[table])) left -= ParameterBlock.blocksOf(rows[table++]);
        TouchedRows of = rows[table];
        int most = ParameterBlock.mostRows(of.width());
        message.block = index;
        message.table = table;
        message.rows = of.ids();
        message.from = left * most;
        message.rowCount = Math.min(most, of.count() - message.from);
        message.length = message.rowCount * of.width();
        message.values = of.values();
        return message;
    }
}
