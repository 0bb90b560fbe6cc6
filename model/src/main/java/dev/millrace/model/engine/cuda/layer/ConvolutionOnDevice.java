package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Convolutions;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.Conv2dSpec;
import dev.millrace.model.spec.PlacedLayer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code a = f(P W + b)} with the patches P of the images; backward {@code dz = da f'(z), dW += P' dz, db += sum dz, dP = dz W'},
 * and dP added up where the patches came from.
 */
final class ConvolutionOnDevice extends BufferedOnDevice {
    private static final Logger LOG = LoggerFactory.getLogger(ConvolutionOnDevice.class);

    private final Activation activation;
    private final Sliding sliding;
    private final Weights weights; // the kernel [field, filters]
    private final Convolution convolution;
    private final ColumnSums sums;

    ConvolutionOnDevice(Compilation to, PlacedLayer placed, Conv2dSpec spec, Activation activation, boolean last) {
        super(to, placed.output().size(), last);
        this.activation = activation;
        this.sliding = Sliding.of(placed, spec.window());
        this.weights = Weights.of(to.parameters(), placed, output());
        this.convolution = convolution(to, sliding, weights, spec.name());
        this.sums = new ColumnSums(to, (long) to.most() * sliding.count(), spec.filters());
    }

    /**
     * cuDNN's where it is there. Its engines pad both sides alike; a layer that pads one more behind than before, as those
     * with an even window or a stride may, is products of patches.
     */
    private static Convolution convolution(Compilation to, Sliding sliding, Weights weights, String layer) {
        if (!sliding.isSymmetric()) {
            LOG.info("{} pads one side more than the other: products of patches", layer);
            return new PatchConvolution(to, sliding, weights);
        }
        Convolutions cudnn = to.device().convolutions().cudnn();
        if (cudnn == null) return new PatchConvolution(to, sliding, weights);
        return new CudnnConvolution(to, cudnn, sliding, weights);
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        boolean fused = activation == Activation.RELU;
        convolution.forward(input, output(), fused, pass);
        if (!fused) activate(activation, pass);
    }

    @Override
    public void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass) {
        applySlope(activation, pass);
        Tensor dz = outputGradient();
        convolution.kernelGradient(input, dz, pass);
        if (inputGradient != null) convolution.inputGradient(dz, inputGradient, pass);
        sums.add(dz, (long) pass.rows() * sliding.count(), weights.biasGradient(), !pass.first());
    }
}
