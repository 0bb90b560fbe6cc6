package dev.millrace.pipeline.server;

import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.model.table.Table;
import dev.millrace.model.table.TouchedRows;
import dev.millrace.pipeline.gradient.ParameterBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * Parameters of one version on their way to the workers: all dense blocks, and of each table the rows that changed since the
 * set sent before, or all of them. Of several models the dense blocks come one behind the other, then all tables.
 */
final class ParameterSet {
    final ParameterBlock[] dense;
    final TouchedRows[] rows; // [tables], absolute values

    /** The version of the set sent before, or {@link ParameterBlock#WHOLE}. */
    long since = ParameterBlock.WHOLE;

    private final ParameterBlock message = new ParameterBlock(); // of rows

    private final int[] firstBlock; // [models + 1]
    private final int[] firstTable; // [models + 1]

    /** @param layouts of the models, at least one */
    ParameterSet(List<ParameterLayout> layouts) {
        List<ParameterBlock> blocks = new ArrayList<>();
        List<TouchedRows> tables = new ArrayList<>();
        firstBlock = new int[layouts.size() + 1];
        firstTable = new int[layouts.size() + 1];
        for (int model = 0; model < layouts.size(); model++) {
            int size = layouts.get(model).denseSize();
            int count = ParameterBlock.blocksOf(size);
            for (int i = 0; i < count; i++) blocks.add(dense(blocks.size(), i, size));
            tables.addAll(List.of(Table.touched(layouts.get(model).tables())));
            firstBlock[model + 1] = blocks.size();
            firstTable[model + 1] = tables.size();
        }
        dense = blocks.toArray(ParameterBlock[]::new);
        rows = tables.toArray(TouchedRows[]::new);
    }

    private static ParameterBlock dense(int index, int ofModel, int size) {
        ParameterBlock block = new ParameterBlock();
        block.block = index;
        block.offset = ofModel * ParameterBlock.MAX_FLOATS;
        block.length = ParameterBlock.lengthOf(ofModel, size);
        block.values = new float[block.length];
        return block;
    }

    /** Takes over all dense parameters of a model. */
    void fill(int model, float[] parameters) {
        for (int i = firstBlock[model]; i < firstBlock[model + 1]; i++) {
            System.arraycopy(parameters, dense[i].offset, dense[i].values, 0, dense[i].length);
        }
    }

    /** Of a table of a model: what is to be sent. */
    TouchedRows rows(int model, int table) {
        return rows[firstTable[model] + table];
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
        ParameterBlock block = index < dense.length ? dense[index] : rowsBlock(index);
        block.blocks = blocks();
        block.since = since;
        return block;
    }

    private ParameterBlock rowsBlock(int index) {
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
