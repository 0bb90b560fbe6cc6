package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.spec.EmbeddingTable;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.table.TouchedRows;
import org.bytedeco.javacpp.FloatPointer;

/** {@code y_i = E[id_i]}; backward {@code dE[id_i] += dy_i}. */
final class EmbeddingLayer extends TableLayer {
    EmbeddingLayer(PlacedLayer placed, EmbeddingTable table, Tensors tensors) {
        super(placed, table, tensors);
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        long id = address(input);
        long to = outputAddress;
        for (int i = 0; i < rows * ids; i++, id += 4, to += 4L * width) {
            long row = row(id(id));
            if (row == 0) Memory.zero(to, width);
            else Memory.copy(row, to, width);
        }
    }

    @Override
    void slope(int rows, boolean first) {}

    @Override
    void touch(long firstId, int r, TouchedRows into) {
        long from = gradientAddress + 4L * units * r;
        for (int i = 0; i < ids; i++, from += 4L * width) {
            int id = id(firstId + 4L * i);
            if (row(id) == 0) continue;
            int to = into.place(id) * width;
            float[] values = into.values();
            for (int k = 0; k < width; k++) values[to + k] += Memory.get(from + 4L * k);
        }
    }

    @Override
    double othersSquares(int r) {
        return 0;
    }
}
