package dev.millrace.model.layer;

import dev.millrace.model.memory.Blas;
import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * The same dense map of every step, {@code z_t = x_t W' + b}; backward {@code dW += sum dz_t' x_t, db += sum dz_t,
 * dx_t = dz_t W}. The steps of a sample follow each other, as do the samples.
 */
final class Projection implements AutoCloseable {
    private final int steps;
    private final int inputs;
    private final int units;
    private final boolean biased;
    private final FloatPointer kernel; // [units, inputs]
    private final FloatPointer kernelGradient;
    private final long kernelGradientAddress;
    private final long bias; // [units]
    private final FloatPointer biasGradient;
    private final long biasGradientAddress;
    private final OffHeap one; // [chunk steps], all 1
    private final FloatPointer ones;
    private @Nullable Sample sample;

    /**
     * Where parameters begin.
     *
     * @param kernel offset of W, [units, inputs]
     * @param bias offset of b, [units]; negative for none
     */
    Projection(int steps, int inputs, int units, long kernel, long bias, Tensors tensors) {
        this.steps = steps;
        this.inputs = inputs;
        this.units = units;
        this.biased = bias >= 0;
        this.kernel = tensors.parameters().pointer(kernel);
        this.kernelGradient = tensors.gradients().pointer(kernel);
        this.kernelGradientAddress = tensors.gradients().address(kernel);
        this.bias = tensors.parameters().address(Math.max(bias, 0));
        this.biasGradient = tensors.gradients().pointer(Math.max(bias, 0));
        this.biasGradientAddress = tensors.gradients().address(Math.max(bias, 0));
        this.one = new OffHeap((long) tensors.chunk() * steps);
        this.ones = one.pointer(0);
        one.array().assign(1);
    }

    /** One sample by itself, and its gradient. */
    private record Sample(OffHeap x, OffHeap dz, OffHeap dw, OffHeap db, FloatPointer[] at) {
        static Sample of(int steps, int inputs, int units) {
            OffHeap x = new OffHeap((long) steps * inputs);
            OffHeap dz = new OffHeap((long) steps * units);
            OffHeap dw = new OffHeap((long) units * inputs);
            OffHeap db = new OffHeap(units);
            return new Sample(
                    x, dz, dw, db, new FloatPointer[] {x.pointer(0), dz.pointer(0), dw.pointer(0), db.pointer(0)});
        }

        void close() {
            x.close();
            dz.close();
            dw.close();
            db.close();
        }
    }

    /** @param x [count, inputs] */
    void forward(FloatPointer x, FloatPointer z, int count) {
        long to = BufferedLayer.address(z);
        if (biased) for (int i = 0; i < count; i++, to += 4L * units) Memory.copy(bias, to, units);
        else Memory.zero(to, (long) count * units);
        Blas.forward(x, kernel, z, count, inputs, units);
    }

    /** @param dx receives [count, inputs] */
    void inputGradient(FloatPointer dz, FloatPointer dx, int count) {
        Blas.inputGradient(dz, kernel, dx, count, inputs, units);
    }

    /**
     * Adds to the parameters' gradient.
     *
     * @param first whether it is overwritten instead
     * @param withNorms whether the result is wanted
     * @return sum over the samples of the squared norm of each one's own gradient; 0 if it is not wanted
     */
    double weightGradient(FloatPointer dz, FloatPointer x, int rows, boolean first, boolean withNorms) {
        if (biased && first) Memory.zero(biasGradientAddress, units);
        if (withNorms) return bySample(BufferedLayer.address(dz), BufferedLayer.address(x), rows, first);
        int count = rows * steps;
        Blas.weightGradient(dz, x, kernelGradient, first ? 0f : 1f, count, inputs, units);
        if (biased) Blas.addColumnSums(dz, ones, biasGradient, count, units);
        return 0;
    }

    /** Squares cannot be had from the sum. */
    private double bySample(long dz, long x, int rows, boolean first) {
        Sample own = sample;
        if (own == null) sample = own = Sample.of(steps, inputs, units);
        int weights = units * inputs;
        if (first) Memory.zero(kernelGradientAddress, weights);
        double squares = 0;
        for (int r = 0; r < rows; r++) {
            Memory.copy(x + 4L * r * steps * inputs, own.x().address(0), (long) steps * inputs);
            Memory.copy(dz + 4L * r * steps * units, own.dz().address(0), (long) steps * units);
            Memory.zero(own.dw().address(0), weights);
            Blas.weightGradient(own.at()[1], own.at()[0], own.at()[2], 1f, steps, inputs, units);
            squares += Memory.squares(own.dw().address(0), weights);
            Blas.add(own.at()[2], kernelGradient, weights);
            if (!biased) continue;
            Memory.zero(own.db().address(0), units);
            Blas.addColumnSums(own.at()[1], ones, own.at()[3], steps, units);
            squares += Memory.squares(own.db().address(0), units);
            Blas.add(own.at()[3], biasGradient, units);
        }
        return squares;
    }

    @Override
    public void close() {
        one.close();
        if (sample != null) sample.close();
    }
}
