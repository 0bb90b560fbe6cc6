package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.DepthwiseConv2dSpec;
import dev.millrace.model.spec.PlacedLayer;
import org.jspecify.annotations.Nullable;

/**
 * The sums of {@link DepthwiseConv2dSpec}: {@code a = f(sum W x + b)} over the window, each channel by itself; backward
 * {@code dz = da f'(z), dW += sum dz x, db += sum dz, dx = sum W dz}. Weights and sums are float32 in every precision.
 */
final class DepthwiseConvolutionOnDevice extends BufferedOnDevice {
    private static final int BLOCK = 256;
    private static final int MOST_ACROSS = 32;

    private final Activation activation;
    private final Sliding sliding;
    private final int multiplier;
    private final int made; // channels of the result
    private final int weights; // of the kernel, [window height, window width, made]
    private final long kernel;
    private final long bias; // [made]
    private final Tensor kernelGradient;
    private final Tensor biasGradient;
    private final long partial; // [parts, weights]
    private final ColumnSums sums;

    DepthwiseConvolutionOnDevice(
            Compilation to, PlacedLayer placed, DepthwiseConv2dSpec spec, Activation activation, boolean last) {
        super(to, placed.output().size(), last);
        this.activation = activation;
        this.sliding = new Sliding(placed.input(), spec.window(), placed.output());
        this.multiplier = spec.multiplier();
        this.made = placed.output().channels();
        this.weights = sliding.field() * multiplier;
        int kernelOffset = placed.parameters().get(0).offset();
        int biasOffset = placed.parameters().get(1).offset();
        this.kernel = to.parameters().exact(kernelOffset).address();
        this.bias = to.parameters().exact(biasOffset).address();
        this.kernelGradient = to.parameters().gradient(kernelOffset);
        this.biasGradient = to.parameters().gradient(biasOffset);
        long positions = (long) to.most() * sliding.count();
        this.partial =
                to.tensor((long) ColumnSums.parts(positions) * weights, true).address();
        this.sums = new ColumnSums(to, positions, made);
    }

    @Override
    public boolean takesFeatures() {
        return true;
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        sliding.to(device.kernel("depthwise")
                        .tensor(input)
                        .address(kernel)
                        .address(bias)
                        .integer(multiplier)
                        .integer(code(activation))
                        .tensor(output())
                        .integer(pass.rows()))
                .elements((long) pass.rows() * units);
    }

    @Override
    public void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass) {
        applySlope(activation, pass);
        addKernelGradient(input, pass);
        sums.add(outputGradient(), (long) pass.rows() * sliding.count(), biasGradient, !pass.first());
        if (pass.withNorms()) addNorms(input, pass);
        if (inputGradient == null) return;
        sliding.to(device.kernel("depthwiseInputGradients")
                        .tensor(outputGradient())
                        .address(kernel)
                        .integer(multiplier)
                        .tensor(inputGradient)
                        .integer(pass.rows()))
                .elements((long) pass.rows() * sliding.imageSize());
    }

    private void addKernelGradient(Tensor input, Pass pass) {
        int parts = ColumnSums.parts((long) pass.rows() * sliding.count());
        int across = MOST_ACROSS;
        while (across / 2 >= made) across /= 2;
        int tiles = (made + across - 1) / across;
        sliding.to(device.kernel("depthwiseKernelGradients")
                        .tensor(input)
                        .tensor(outputGradient())
                        .integer(multiplier)
                        .address(partial)
                        .integer(pass.rows()))
                .grid(weights / made * tiles, parts, across, BLOCK / across);
        ColumnSums.finish(device, partial, parts, weights, kernelGradient, !pass.first());
    }

    private void addNorms(Tensor input, Pass pass) {
        sliding.to(device.kernel("depthwiseNorms")
                        .tensor(input)
                        .tensor(outputGradient())
                        .integer(multiplier)
                        .address(pass.norms()))
                .grid(pass.rows(), 1, BLOCK, 1);
        device.kernel("sharedBiasNorms")
                .address(outputGradient().address())
                .integer(sliding.count())
                .integer(made)
                .flag(outputGradient().wide())
                .integer(pass.rows())
                .address(pass.norms())
                .rows(pass.rows());
    }
}
