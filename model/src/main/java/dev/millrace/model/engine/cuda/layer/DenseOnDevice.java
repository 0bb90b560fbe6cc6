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
    private final Weights weights; // the kernel [units, inputs]
    private final ColumnSums sums;

    /** @param activation linear for the last layer, whose activation belongs to the loss */
    DenseOnDevice(Compilation to, PlacedLayer placed, Activation activation, boolean last) {
        super(to, placed.output().size(), last);
        this.inputs = placed.input().size();
        this.activation = activation;
        this.products = device.products();
        this.weights = Weights.of(to.parameters(), placed, output());
        this.sums = new ColumnSums(to, to.most(), units);
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        boolean fused = activation == Activation.RELU;
        Epilogue then = fused ? Epilogue.RELU_BIAS : Epilogue.BIAS;
        products.timesTransposed(input, weights.kernel(), output(), pass.rows(), units, inputs, then, weights.bias());
        if (!fused) activate(activation, pass);
    }

    @Override
    public void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass) {
        Tensor dz = outputGradient();
        applySlope(activation, pass);
        products.transposedTimes(dz, input, weights.kernelGradient(), units, inputs, pass.rows(), !pass.first());
        sums.add(dz, pass.rows(), weights.biasGradient(), !pass.first());
        if (inputGradient != null) {
            products.times(
                    dz, weights.kernel(), inputGradient, pass.rows(), inputs, units, Epilogue.NONE, weights.bias());
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
