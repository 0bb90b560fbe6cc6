package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.spec.EmbeddingTable;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.table.TouchedRows;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * A layer whose inputs are ids: rows of a table. Its gradient is kept for the rows touched alone; a sample whose output
 * gradient is zero touches none.
 */
abstract class TableLayer extends BufferedLayer {
    /** Ids of one sample. */
    final int ids;

    /** Values of a row of the table. */
    final int width;

    private final int rows;
    private final boolean maskZero;
    private final long table; // [rows, width]
    private final TouchedRows gradient;
    private final TouchedRows own; // of one sample

    TableLayer(PlacedLayer placed, EmbeddingTable table, Tensors tensors) {
        super(tensors.chunk(), placed.output().size());
        this.ids = placed.input().size();
        this.maskZero = table.maskZero();
        this.table = tensors.parameters().address(placed.tables().get(0).offset());
        this.gradient = tensors.rows()[placed.firstTable()];
        this.rows = gradient.rows();
        this.width = gradient.width();
        this.own = new TouchedRows(gradient.rows(), width);
    }

    /** Where a row of the table begins; 0 for padding. @throws IndexOutOfBoundsException if there is no such row */
    final long row(int id) {
        if (id < 0 || id >= rows) throw outside(id);
        return maskZero && id == 0 ? 0 : table + 4L * id * width;
    }

    private IndexOutOfBoundsException outside(int id) {
        return new IndexOutOfBoundsException("id must be in 0.." + (rows - 1) + ". Received: " + id);
    }

    /** The id at an address, as the samples were checked to hold. */
    static int id(long address) {
        return (int) Memory.get(address);
    }

    @Override
    public final double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        slope(rows, first);
        if (first) gradient.clear();
        double norms = 0;
        long id = address(input);
        for (int r = 0; r < rows; r++, id += 4L * ids) {
            if (isZero(gradientAddress + 4L * units * r)) continue;
            if (!withNorms) {
                touch(id, r, gradient);
                continue;
            }
            own.clear();
            touch(id, r, own);
            norms += squares(own.values(), own.size()) + othersSquares(r);
            gradient.add(own);
        }
        return norms;
    }

    private boolean isZero(long outputGradient) {
        for (int k = 0; k < units; k++) {
            if (Memory.get(outputGradient + 4L * k) != 0) return false;
        }
        return true;
    }

    private static double squares(float[] values, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) sum += (double) values[i] * values[i];
        return sum;
    }

    /** Turns the outputs' gradients into those before the activation, and adds up what does not belong to the table. */
    abstract void slope(int rows, boolean first);

    /** Adds the gradient of the table by sample {@code r}, whose ids begin at an address. */
    abstract void touch(long firstId, int r, TouchedRows into);

    /** Squared norm of the gradient, by sample {@code r} alone, of what does not belong to the table. */
    abstract double othersSquares(int r);
}
