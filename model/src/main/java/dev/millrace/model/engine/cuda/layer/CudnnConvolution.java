package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.ConvolutionShape;
import dev.millrace.model.engine.cuda.device.Convolutions;
import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * By cuDNN, which wants the filters outermost: {@code [filters, field]} where Keras has {@code [field, filters]}, so the kernel is
 * transposed in each pass, and its gradient back. What cuDNN knows no way for is products of patches, whose memory is taken when
 * that is found out.
 */
final class CudnnConvolution implements Convolution {
    private static final int TILE = 32; // of a block that transposes
    private static final int LINES = 8;

    private final Compilation to;
    private final Device device;
    private final Convolutions cudnn;
    private final Sliding sliding;
    private final ConvolutionShape shape;
    private final Weights weights;
    private final Tensor filters; // [filters, field]
    private final Tensor filterGradients; // [filters, field]
    private @Nullable PatchConvolution patches;

    /** @param sliding with padding that is symmetric: cuDNN's engines pad both sides alike */
    CudnnConvolution(Compilation to, Convolutions cudnn, Sliding sliding, Weights weights) {
        this.to = to;
        this.device = to.device();
        this.cudnn = cudnn;
        this.sliding = sliding;
        this.shape = sliding.shape();
        this.weights = weights;
        long values = (long) shape.filters() * shape.field();
        this.filters = to.tensor(values, device.wide());
        this.filterGradients = to.tensor(values, true);
    }

    private PatchConvolution patches() {
        PatchConvolution made = patches;
        if (made == null) patches = made = new PatchConvolution(to, sliding, weights);
        return made;
    }

    private PatchConvolution instead() {
        cudnn.leave(shape);
        return patches();
    }

    @Override
    public void forward(Tensor input, Tensor output, boolean rectified, Pass pass) {
        transpose(weights.kernel(), filters, shape.field(), shape.filters(), false);
        if (!cudnn.forward(shape, pass.rows(), input, filters, output)) {
            instead().forward(input, output, rectified, pass);
            return;
        }
        int positions = pass.rows() * sliding.count();
        device.kernel("addBias")
                .tensor(output)
                .tensor(weights.bias())
                .integer(positions)
                .integer(shape.filters())
                .flag(rectified)
                .elements((long) positions * shape.filters());
    }

    @Override
    public void kernelGradient(Tensor input, Tensor dz, Pass pass) {
        if (pass.withNorms()) { // they take each image's gradient apart, which only patches give
            patches().kernelGradient(input, dz, pass);
            return;
        }
        Tensor found = filterGradients(input, dz, pass);
        if (found == null) instead().kernelGradient(input, dz, pass);
        else transpose(found, weights.kernelGradient(), shape.filters(), shape.field(), !pass.first());
    }

    /** Of factors in bfloat16 in float32, or where cuDNN does not know that in bfloat16; null if it knows neither. */
    private @Nullable Tensor filterGradients(Tensor input, Tensor dz, Pass pass) {
        if (cudnn.filterGradient(shape, pass.rows(), input, filterGradients, dz)) return filterGradients;
        if (device.wide()) return null;
        Tensor narrow = new Tensor(filterGradients.address(), false);
        return cudnn.filterGradient(shape, pass.rows(), input, narrow, dz) ? narrow : null;
    }

    @Override
    public void inputGradient(Tensor dz, Tensor inputGradient, Pass pass) {
        if (cudnn.imageGradient(shape, pass.rows(), inputGradient, filters, dz)) return;
        instead().inputGradient(dz, inputGradient, pass);
    }

    private void transpose(Tensor from, Tensor into, int rows, int columns, boolean add) {
        device.kernel("transpose")
                .tensor(from)
                .tensor(into)
                .integer(rows)
                .integer(columns)
                .flag(add)
                .grid((columns + TILE - 1) / TILE, (rows + TILE - 1) / TILE, TILE, LINES);
    }
}
