package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.EmbeddingTable;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.table.TouchedRows;
import org.bytedeco.javacpp.FloatPointer;

/**
 * {@code y = f(s sum_i W[id_i] + b)}, s = 1, or one over the number of ids for their mean; backward {@code dz = dy f'(z),
 * dW[id_i] += s dz, db += sum dz}.
 */
final class BagLayer extends TableLayer {
    private final boolean mean;
    private final boolean biased;
    private final Nonlinearity activation;
    private final long bias; // [units]
    private final long biasGradient;

    /** @param biased whether the layer's parameters are a bias, or nothing */
    BagLayer(
            PlacedLayer placed,
            EmbeddingTable table,
            boolean mean,
            boolean biased,
            Activation activation,
            Tensors tensors) {
        super(placed, table, tensors);
        this.mean = mean;
        this.biased = biased;
        this.activation = new Nonlinearity(activation);
        this.bias = tensors.parameters().address(placed.offset());
        this.biasGradient = biased ? tensors.gradients().address(placed.offset()) : 0;
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        long id = address(input);
        long to = outputAddress;
        for (int r = 0; r < rows; r++, id += 4L * ids, to += 4L * units) {
            if (units == 1) one(id, to);
            else several(id, to);
        }
        activation.apply(outputAddress, (long) rows * units);
    }

    /** A single sum can stay in a register. */
    private void one(long firstId, long to) {
        float sum = 0;
        for (long id = firstId; id < firstId + 4L * ids; id += 4) {
            long row = row(id(id));
            if (row != 0) sum += Memory.get(row);
        }
        if (mean) sum *= scale(firstId);
        Memory.put(to, biased ? sum + Memory.get(bias) : sum);
    }

    private void several(long firstId, long to) {
        Memory.zero(to, units);
        for (long id = firstId; id < firstId + 4L * ids; id += 4) {
            long row = row(id(id));
            if (row == 0) continue;
            for (long k = 0; k < 4L * units; k += 4) Memory.put(to + k, Memory.get(to + k) + Memory.get(row + k));
        }
        float scale = scale(firstId);
        for (long k = 0; k < 4L * units; k += 4) {
            float value = Memory.get(to + k) * scale;
            Memory.put(to + k, biased ? value + Memory.get(bias + k) : value);
        }
    }

    private float scale(long firstId) {
        if (!mean) return 1;
        int present = 0;
        for (long id = firstId; id < firstId + 4L * ids; id += 4) if (row(id(id)) != 0) present++;
        return present == 0 ? 0 : 1f / present;
    }

    @Override
    void slope(int rows, boolean first) {
        activation.applySlope(gradientAddress, outputAddress, (long) rows * units);
        if (!biased) return;
        if (first) Memory.zero(biasGradient, units);
        long from = gradientAddress;
        for (int r = 0; r < rows; r++) {
            for (long k = 0; k < 4L * units; k += 4, from += 4) {
                Memory.put(biasGradient + k, Memory.get(biasGradient + k) + Memory.get(from));
            }
        }
    }

    @Override
    void touch(long firstId, int r, TouchedRows into) {
        long from = gradientAddress + 4L * units * r;
        float scale = scale(firstId);
        for (int i = 0; i < ids; i++) {
            int id = id(firstId + 4L * i);
            if (row(id) == 0) continue;
            int to = into.place(id) * width;
            float[] values = into.values();
            for (int k = 0; k < units; k++) values[to + k] += scale * Memory.get(from + 4L * k);
        }
    }

    @Override
    double othersSquares(int r) {
        return biased ? Memory.squares(gradientAddress + 4L * units * r, units) : 0;
    }
}
