package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Products;
import dev.millrace.model.engine.cuda.device.Products.Epilogue;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.Conv2dSpec;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.spec.Shape;
import org.jspecify.annotations.Nullable;

/**
 * {@code a = f(P W + b)} with the patches P of the images; backward {@code dz = da f'(z), dW += P' dz, db += sum dz, dP = dz W'},
 * and dP added up where the patches came from. Goes through some images at a time: patches are many times as large.
 */
final class ConvolutionOnDevice extends BufferedOnDevice {
    private static final long MOST_PATCHES = 128L << 20; // bytes
    private static final long MOST_ROW_GRADIENTS = 64L << 20; // bytes

    private final Activation activation;
    private final Products products;
    private final Sliding sliding;
    private final int filters;
    private final int images; // at a time
    private final Tensor patches; // [images, positions, field]
    private final Tensor rowGradients; // [images, field, filters]
    private final Weights weights; // the kernel [field, filters]
    private final ColumnSums sums;

    ConvolutionOnDevice(Compilation to, PlacedLayer placed, Conv2dSpec spec, Activation activation, boolean last) {
        super(to, placed.output().size(), last);
        this.activation = activation;
        this.products = device.products();
        Shape image = placed.input();
        this.sliding = new Sliding(image, spec.window(), placed.output());
        this.filters = spec.filters();
        long patch = (long) sliding.count() * sliding.field() * Float.BYTES;
        long gradient = (long) sliding.field() * filters * Float.BYTES;
        long fitting = Math.max(1, Math.min(MOST_PATCHES / patch, MOST_ROW_GRADIENTS / gradient));
        this.images = (int) Math.min(to.most(), fitting);
        this.patches = to.tensor((long) images * sliding.count() * sliding.field(), device.wide());
        this.rowGradients = to.tensor((long) images * sliding.field() * filters, true);
        this.weights = Weights.of(to.parameters(), placed, output());
        this.sums = new ColumnSums(to, (long) to.most() * sliding.count(), filters);
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        boolean fused = activation == Activation.RELU;
        Epilogue then = fused ? Epilogue.RELU_BIAS : Epilogue.BIAS;
        for (int from = 0; from < pass.rows(); from += images) {
            int count = Math.min(images, pass.rows() - from);
            gather(input, from, count);
            Tensor into = output().from((long) from * units);
            products.times(
                    patches,
                    weights.kernel(),
                    into,
                    count * sliding.count(),
                    filters,
                    sliding.field(),
                    then,
                    weights.bias());
        }
        if (!fused) activate(activation, pass);
    }

    private void gather(Tensor input, int from, int count) {
        Tensor first = input.from((long) from * sliding.imageSize());
        sliding.to(device.kernel("gatherPatches").tensor(first).tensor(patches).integer(count))
                .elements((long) count * sliding.count() * sliding.field());
    }

    @Override
    public void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass) {
        applySlope(activation, pass);
        int field = sliding.field();
        for (int from = 0; from < pass.rows(); from += images) {
            int count = Math.min(images, pass.rows() - from);
            int positions = count * sliding.count();
            boolean add = !pass.first() || from > 0;
            Tensor dz = outputGradient().from((long) from * units);
            gather(input, from, count);
            products.transposedTimes(patches, dz, weights.kernelGradient(), field, filters, positions, add);
            if (pass.withNorms()) addNorms(dz, from, count, pass);
            if (inputGradient == null) continue;
            // In the patches' own place: they are needed no more.
            products.timesTransposed(
                    dz, weights.kernel(), patches, positions, field, filters, Epilogue.NONE, weights.bias());
            Tensor dx = inputGradient.from((long) from * sliding.imageSize());
            sliding.to(device.kernel("scatterPatches")
                            .tensor(patches)
                            .tensor(dx)
                            .integer(count))
                    .elements((long) count * sliding.imageSize());
        }
        sums.add(outputGradient(), (long) pass.rows() * sliding.count(), weights.biasGradient(), !pass.first());
    }

    /** Each image's gradient apart: their squares cannot be had from the sum. */
    private void addNorms(Tensor dz, int from, int count, Pass pass) {
        int field = sliding.field();
        long norms = pass.norms() + (long) from * Float.BYTES;
        products.transposedTimesEach(patches, dz, rowGradients, field, filters, sliding.count(), count);
        device.kernel("rowSquares")
                .address(rowGradients.address())
                .count((long) field * filters)
                .address(norms)
                .grid(count, 1, 256, 1);
        device.kernel("sharedBiasNorms")
                .address(dz.address())
                .integer(sliding.count())
                .integer(filters)
                .flag(dz.wide())
                .integer(count)
                .address(norms)
                .rows(count);
    }
}
