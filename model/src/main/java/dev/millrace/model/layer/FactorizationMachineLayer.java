package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.EmbeddingTable;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.table.TouchedRows;
import org.bytedeco.javacpp.FloatPointer;

/**
 * {@code y = g(b + sum_i w_i + 1/2 sum_f (s_f^2 - sum_i v_if^2))} with {@code s_f = sum_i v_if}; backward {@code dz = dy g'(z),
 * db += sum dz, dw_i += dz, dv_if += dz (s_f - v_if)}.
 */
final class FactorizationMachineLayer extends TableLayer {
    private final Nonlinearity activation;
    private final int factors;
    private final long bias;
    private final long biasGradient;
    private final OffHeap sum; // [chunk, factors]
    private final long sums;

    FactorizationMachineLayer(PlacedLayer placed, EmbeddingTable table, Activation activation, Tensors tensors) {
        super(placed, table, tensors);
        this.activation = new Nonlinearity(activation);
        this.factors = width - 1;
        this.bias = tensors.parameters().address(placed.offset());
        this.biasGradient = tensors.gradients().address(placed.offset());
        this.sum = new OffHeap((long) tensors.chunk() * factors);
        this.sums = sum.address(0);
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        long id = address(input);
        for (int r = 0; r < rows; r++, id += 4L * ids) {
            Memory.put(outputAddress + 4L * r, one(id, sums + 4L * factors * r));
        }
        activation.apply(outputAddress, rows);
    }

    private float one(long firstId, long s) {
        Memory.zero(s, factors);
        double linear = Memory.get(bias);
        double squares = 0;
        for (long id = firstId; id < firstId + 4L * ids; id += 4) {
            long row = row(id(id));
            if (row == 0) continue;
            linear += Memory.get(row);
            for (long f = 0; f < 4L * factors; f += 4) {
                float v = Memory.get(row + 4 + f);
                Memory.put(s + f, Memory.get(s + f) + v);
                squares += (double) v * v;
            }
        }
        return (float) (linear + 0.5 * (Memory.squares(s, factors) - squares));
    }

    @Override
    void slope(int rows, boolean first) {
        activation.applySlope(gradientAddress, outputAddress, rows);
        float total = first ? 0 : Memory.get(biasGradient);
        for (int r = 0; r < rows; r++) total += Memory.get(gradientAddress + 4L * r);
        Memory.put(biasGradient, total);
    }

    @Override
    void touch(long firstId, int r, TouchedRows into) {
        float dz = Memory.get(gradientAddress + 4L * r);
        long s = sums + 4L * factors * r;
        for (int i = 0; i < ids; i++) {
            int id = id(firstId + 4L * i);
            long row = row(id);
            if (row == 0) continue;
            int to = into.place(id) * width;
            float[] values = into.values();
            values[to] += dz;
            for (int f = 0; f < factors; f++) {
                values[to + 1 + f] += dz * (Memory.get(s + 4L * f) - Memory.get(row + 4 + 4L * f));
            }
        }
    }

    @Override
    double othersSquares(int r) {
        double dz = Memory.get(gradientAddress + 4L * r);
        return dz * dz;
    }

    @Override
    public void close() {
        super.close();
        sum.close();
    }
}
