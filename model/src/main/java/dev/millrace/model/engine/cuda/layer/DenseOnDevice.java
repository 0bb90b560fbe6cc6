package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Products;
import dev.millrace.model.engine.cuda.device.Products.Epilogue;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.PlacedLayer;
import org.jspecify.annotations.Nullable;

/** {@code a = f(x W' + b)}; backward {@code dz = da f'(z), dW += dz' x, db += sum dz, dx = dz W}. */
final class DenseOnDevice extends BufferedOnDevice {
    private final int inputs;
    private final Activation activation;
    private final Products products;
    private final Tensor kernel; // [units, inputs]
    private final Tensor kernelGradient;
    private final Tensor bias; // [units], as the outputs are
    private final Tensor biasGradient;
    private final ColumnSums sums;

    /** @param activation linear for the last layer, whose activation belongs to the loss */
    DenseOnDevice(Compilation to, PlacedLayer placed, Activation activation, boolean last) {
        super(to, placed.output().size(), last);
        this.inputs = placed.input().size();
        this.activation = activation;
        this.products = device.products();
        int weights = placed.parameters().get(0).offset();
        int biases = placed.parameters().get(1).offset();
        this.kernel = to.parameters().factor(weights);
        this.kernelGradient = to.parameters().gradient(weights);
        this.bias = output().wide()
                ? to.parameters().exact(biases)
                : to.parameters().factor(biases);
        this.biasGradient = to.parameters().gradient(biases);
        this.sums = new ColumnSums(to, to.most(), units);
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        boolean fused = activation == Activation.RELU;
        Epilogue then = fused ? Epilogue.RELU_BIAS : Epilogue.BIAS;
        products.timesTransposed(input, kernel, output(), pass.rows(), units, inputs, then, bias);
        if (!fused) activate(activation, pass);
    }

    @Override
    public void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass) {
        Tensor dz = outputGradient();
        applySlope(activation, pass);
        products.transposedTimes(dz, input, kernelGradient, units, inputs, pass.rows(), !pass.first());
        sums.add(dz, pass.rows(), biasGradient, !pass.first());
        if (inputGradient != null) {
            products.times(dz, kernel, inputGradient, pass.rows(), inputs, units, Epilogue.NONE, bias);
        }
        if (pass.withNorms()) addNorms(input, pass);
    }

    private void addNorms(Tensor input, Pass pass) {
        device.kernel("denseNorms")
                .address(outputGradient().address())
                .integer(units)
                .flag(outputGradient().wide())
                .address(input.address())
                .integer(inputs)
                .flag(input.wide())
                .integer(pass.rows())
                .address(pass.norms())
                .rows(pass.rows());
    }
}
