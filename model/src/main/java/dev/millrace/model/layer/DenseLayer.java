package dev.millrace.model.layer;

import dev.millrace.model.memory.Blas;
import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.spec.Activation;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** {@code a = f(x W' + b)}; backward {@code dz = da f'(z), dW += dz' x, db += sum dz, dx = dz W}. */
final class DenseLayer extends BufferedLayer {
    private final int inputs;
    private final Nonlinearity activation;
    private final FloatPointer kernel; // [units, inputs]
    private final FloatPointer kernelGradient;
    private final long biasAddress; // [units]
    private final FloatPointer biasGradient;
    private final long biasGradientAddress;
    private final OffHeap one; // [chunk], all 1
    private final FloatPointer ones;

    /**
     * Compiles a layer.
     *
     * @param activation linear for the last layer, whose activation belongs to the loss
     * @param offset where its parameters begin
     */
    DenseLayer(int inputs, int units, Activation activation, Tensors tensors, int offset) {
        super(tensors.chunk(), units);
        this.inputs = inputs;
        this.activation = new Nonlinearity(activation);
        this.kernel = tensors.parameters().pointer(offset);
        this.kernelGradient = tensors.gradients().pointer(offset);
        long bias = offset + (long) units * inputs;
        this.biasAddress = tensors.parameters().address(bias);
        this.biasGradient = tensors.gradients().pointer(bias);
        this.biasGradientAddress = tensors.gradients().address(bias);
        this.one = new OffHeap(tensors.chunk());
        this.ones = one.pointer(0);
        one.array().assign(1);
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        long row = outputAddress;
        for (int r = 0; r < rows; r++, row += 4L * units) Memory.copy(biasAddress, row, units);
        Blas.forward(input, kernel, output(), rows, inputs, units);
        activation.apply(outputAddress, (long) rows * units);
    }

    @Override
    public double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        activation.applySlope(gradientAddress, outputAddress, (long) rows * units);
        Blas.weightGradient(outputGradient(), input, kernelGradient, first ? 0f : 1f, rows, inputs, units);
        if (first) Memory.zero(biasGradientAddress, units);
        Blas.addColumnSums(outputGradient(), ones, biasGradient, rows, units);
        if (inputGradient != null) Blas.inputGradient(outputGradient(), kernel, inputGradient, rows, inputs, units);
        return withNorms ? squaredNorms(input, rows) : 0;
    }

    /** The kernel's part is an outer product dz x', the bias' is dz: {@code |dz|^2 (|x|^2 + 1)}. */
    private double squaredNorms(FloatPointer input, int rows) {
        double sum = 0;
        long x = address(input);
        long dz = gradientAddress;
        for (int r = 0; r < rows; r++, x += 4L * inputs, dz += 4L * units) {
            sum += Memory.squares(dz, units) * (Memory.squares(x, inputs) + 1);
        }
        return sum;
    }

    @Override
    public void close() {
        super.close();
        one.close();
    }
}
