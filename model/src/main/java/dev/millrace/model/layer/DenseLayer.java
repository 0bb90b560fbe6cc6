package dev.millrace.model.layer;

import dev.millrace.model.memory.Blas;
import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.memory.Slopes;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.DenseSpec;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * {@code a = f(x W' + b)}; backward {@code dz = da f'(z), dW += dz' x, db += sum dz, dx = dz W}. Derivatives are taken
 * from the outputs, so only those are kept.
 */
public final class DenseLayer implements Layer {
    private final int inputs;
    private final int units;
    private final Activation activation;
    private final OffHeap outputs; // [chunk, units]
    private final OffHeap gradients; // [chunk, units]
    private final FloatPointer output;
    private final FloatPointer outputGradient;
    private final FloatPointer kernel; // [units, inputs]
    private final FloatPointer kernelGradient;
    private final long outputAddress;
    private final long gradientAddress;
    private final long biasAddress; // [units]
    private final FloatPointer biasGradient;
    private final long biasGradientAddress;
    private final OffHeap one; // [chunk], all 1
    private final FloatPointer ones;
    private final Slopes slopes = new Slopes();

    /**
     * Compiles a layer.
     *
     * @param activation linear for the last layer, whose activation belongs to the loss
     * @param parameters of the model; this layer's begin at {@code offset}
     * @param parameterGradients of the same layout
     * @param chunk most rows at once
     */
    public DenseLayer(
            DenseSpec spec,
            Activation activation,
            int inputs,
            OffHeap parameters,
            OffHeap parameterGradients,
            int offset,
            int chunk) {
        this.inputs = inputs;
        this.units = spec.units();
        this.activation = activation;
        this.outputs = new OffHeap((long) chunk * units);
        this.gradients = new OffHeap((long) chunk * units);
        this.output = outputs.pointer(0);
        this.outputGradient = gradients.pointer(0);
        this.outputAddress = outputs.address(0);
        this.gradientAddress = gradients.address(0);
        this.kernel = parameters.pointer(offset);
        this.kernelGradient = parameterGradients.pointer(offset);
        long bias = offset + (long) units * inputs;
        this.biasAddress = parameters.address(bias);
        this.biasGradient = parameterGradients.pointer(bias);
        this.biasGradientAddress = parameterGradients.address(bias);
        this.one = new OffHeap(chunk);
        this.ones = one.pointer(0);
        one.array().assign(1);
    }

    @Override
    public int units() {
        return units;
    }

    @Override
    public void forward(FloatPointer input, int rows) {
        long row = outputAddress;
        for (int r = 0; r < rows; r++, row += 4L * units) Memory.copy(biasAddress, row, units);
        Blas.forward(input, kernel, output, rows, inputs, units);
        long values = (long) rows * units;
        switch (activation) {
            case RELU -> Memory.relu(outputAddress, values);
            case TANH -> Memory.tanh(outputAddress, values);
            case SIGMOID -> Memory.sigmoid(outputAddress, values);
            case LINEAR, SOFTMAX -> {}
        }
    }

    @Override
    public void backward(FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first) {
        long values = (long) rows * units;
        switch (activation) {
            case RELU -> slopes.relu(gradientAddress, outputAddress, values);
            case TANH -> slopes.tanh(gradientAddress, outputAddress, values);
            case SIGMOID -> slopes.sigmoid(gradientAddress, outputAddress, values);
            case LINEAR, SOFTMAX -> {}
        }
        Blas.weightGradient(outputGradient, input, kernelGradient, first ? 0f : 1f, rows, inputs, units);
        if (first) Memory.zero(biasGradientAddress, units);
        Blas.addColumnSums(outputGradient, ones, biasGradient, rows, units);
        if (inputGradient != null) Blas.inputGradient(outputGradient, kernel, inputGradient, rows, inputs, units);
    }

    /** The kernel's part is an outer product dz x', the bias' is dz: {@code |dz|^2 (|x|^2 + 1)}. */
    @Override
    public double squaredNorms(FloatPointer input, int rows) {
        double sum = 0;
        long x = input.address() + 4 * input.position();
        long dz = gradientAddress;
        for (int r = 0; r < rows; r++, x += 4L * inputs, dz += 4L * units) {
            sum += Memory.squares(dz, units) * (Memory.squares(x, inputs) + 1);
        }
        return sum;
    }

    @Override
    public void silence(int row) {
        Memory.zero(outputAddress + 4L * units * row, units);
        Memory.zero(gradientAddress + 4L * units * row, units);
    }

    @Override
    public FloatPointer output() {
        return output;
    }

    @Override
    public FloatPointer outputGradient() {
        return outputGradient;
    }

    @Override
    public void close() {
        outputs.close();
        gradients.close();
        one.close();
    }
}
