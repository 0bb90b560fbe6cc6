package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Products;
import dev.millrace.model.engine.cuda.device.Products.Epilogue;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.PlacedLayer;
import org.jspecify.annotations.Nullable;

/**
 * The same dense map of every step, {@code z_t = x_t W' + b}; backward {@code dW += sum dz_t' x_t, db += sum dz_t,
 * dx_t = dz_t W}. The steps of a sample follow each other, as do the samples.
 */
final class StepsProjection {
    private static final long MOST_ROW_GRADIENTS = 64L << 20; // bytes
    private static final int BLOCK = 256;

    private final Device device;
    private final Products products;
    private final int steps;
    private final int inputs;
    private final int units;
    private final Tensor kernel; // [units, inputs]
    private final Tensor kernelGradient;
    private final @Nullable StepsBias bias;
    private final int samples; // at a time, whose own gradients are apart
    private final Tensor rowGradients; // [samples, units, inputs]

    /** A bias of [units], as it is and as factors are. */
    private record StepsBias(Tensor exact, Tensor factor, Tensor gradient, ColumnSums sums) {}

    /**
     * Takes the memory.
     *
     * @param kernel which of the layer's tensors is W, [units, inputs]
     * @param bias which of them is b; negative for none
     */
    StepsProjection(Compilation to, PlacedLayer placed, int kernel, int bias, int steps, int inputs, int units) {
        this.device = to.device();
        this.products = device.products();
        this.steps = steps;
        this.inputs = inputs;
        this.units = units;
        DeviceParameters parameters = to.parameters();
        int offset = placed.parameters().get(kernel).offset();
        this.kernel = parameters.factor(offset);
        this.kernelGradient = parameters.gradient(offset);
        this.bias = bias < 0
                ? null
                : biasAt(parameters, placed.parameters().get(bias).offset(), to);
        long gradient = (long) units * inputs * Float.BYTES;
        this.samples = (int) Math.max(1, Math.min(to.most(), MOST_ROW_GRADIENTS / gradient));
        this.rowGradients = to.tensor((long) samples * units * inputs, true);
    }

    private StepsBias biasAt(DeviceParameters parameters, int offset, Compilation to) {
        return new StepsBias(
                parameters.exact(offset),
                parameters.factor(offset),
                parameters.gradient(offset),
                new ColumnSums(to, (long) to.most() * steps, units));
    }

    /** @param x [count, inputs], as factors are */
    void forward(Tensor x, Tensor z, int count) {
        Epilogue then = bias == null ? Epilogue.NONE : Epilogue.BIAS;
        Tensor added = bias == null ? z : z.wide() ? bias.exact() : bias.factor();
        products.timesTransposed(x, kernel, z, count, units, inputs, then, added);
    }

    /** @param dx receives [count, inputs] */
    void inputGradient(Tensor dz, Tensor dx, int count) {
        products.times(dz, kernel, dx, count, inputs, units, Epilogue.NONE, dx);
    }

    /** Adds to the parameters' gradient, and to the squared norms of each sample's own if they are wanted. */
    void weightGradient(Tensor dz, Tensor x, Pass pass) {
        products.transposedTimes(dz, x, kernelGradient, units, inputs, pass.rows() * steps, !pass.first());
        if (bias != null) bias.sums().add(dz, (long) pass.rows() * steps, bias.gradient(), !pass.first());
        if (!pass.withNorms()) return;
        for (int from = 0; from < pass.rows(); from += samples) {
            addNorms(dz, x, from, Math.min(samples, pass.rows() - from), pass);
        }
    }

    /** Each sample's gradient apart: their squares cannot be had from the sum. */
    private void addNorms(Tensor dz, Tensor x, int from, int count, Pass pass) {
        Tensor own = dz.from((long) from * steps * units);
        long norms = pass.norms() + (long) from * Float.BYTES;
        products.transposedTimesEach(
                own, x.from((long) from * steps * inputs), rowGradients, units, inputs, steps, count);
        device.kernel("rowSquares")
                .address(rowGradients.address())
                .count((long) units * inputs)
                .address(norms)
                .grid(count, 1, BLOCK, 1);
        if (bias == null) return;
        device.kernel("sharedBiasNorms")
                .address(own.address())
                .integer(steps)
                .integer(units)
                .flag(own.wide())
                .integer(count)
                .address(norms)
                .rows(count);
    }
}
