package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Products;
import dev.millrace.model.engine.cuda.device.Products.Epilogue;
import dev.millrace.model.engine.cuda.device.Tensor;

/** By products of gathered patches. Goes through some images at a time: patches are many times as large. */
final class PatchConvolution implements Convolution {
    private static final long MOST_PATCHES = 128L << 20; // bytes
    private static final long MOST_ROW_GRADIENTS = 64L << 20; // bytes

    private final Device device;
    private final Products products;
    private final Sliding sliding;
    private final int filters;
    private final int units; // values of a row that leave it
    private final int images; // at a time
    private final Tensor patches; // [images, positions, field]
    private final Tensor rowGradients; // [images, field, filters]
    private final Weights weights; // the kernel [field, filters]

    PatchConvolution(Compilation to, Sliding sliding, Weights weights) {
        this.device = to.device();
        this.products = device.products();
        this.sliding = sliding;
        this.filters = sliding.positions().channels();
        this.units = sliding.positions().size();
        long patch = (long) sliding.count() * sliding.field() * Float.BYTES;
        long gradient = (long) sliding.field() * filters * Float.BYTES;
        long fitting = Math.max(1, Math.min(MOST_PATCHES / patch, MOST_ROW_GRADIENTS / gradient));
        this.images = (int) Math.min(to.most(), fitting);
        this.patches = to.tensor((long) images * sliding.count() * sliding.field(), device.wide());
        this.rowGradients = to.tensor((long) images * sliding.field() * filters, true);
        this.weights = weights;
    }

    @Override
    public void forward(Tensor input, Tensor output, boolean rectified, Pass pass) {
        Epilogue then = rectified ? Epilogue.RELU_BIAS : Epilogue.BIAS;
        for (int from = 0; from < pass.rows(); from += images) {
            int count = Math.min(images, pass.rows() - from);
            gather(input, from, count);
            Tensor into = output.from((long) from * units);
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
    }

    private void gather(Tensor input, int from, int count) {
        Tensor first = input.from((long) from * sliding.imageSize());
        sliding.to(device.kernel("gatherPatches").tensor(first).tensor(patches).integer(count))
                .elements((long) count * sliding.count() * sliding.field());
    }

    @Override
    public void kernelGradient(Tensor input, Tensor dz, Pass pass) {
        for (int from = 0; from < pass.rows(); from += images) {
            int count = Math.min(images, pass.rows() - from);
            int positions = count * sliding.count();
            boolean add = !pass.first() || from > 0;
            Tensor some = dz.from((long) from * units);
            gather(input, from, count);
            products.transposedTimes(patches, some, weights.kernelGradient(), sliding.field(), filters, positions, add);
            if (pass.withNorms()) addNorms(some, from, count, pass);
        }
    }

    @Override
    public void inputGradient(Tensor dz, Tensor inputGradient, Pass pass) {
        for (int from = 0; from < pass.rows(); from += images) {
            int count = Math.min(images, pass.rows() - from);
            // In the patches' own place: they are needed no more.
            products.timesTransposed(
                    dz.from((long) from * units),
                    weights.kernel(),
                    patches,
                    count * sliding.count(),
                    sliding.field(),
                    filters,
                    Epilogue.NONE,
                    weights.bias());
            Tensor dx = inputGradient.from((long) from * sliding.imageSize());
            sliding.to(device.kernel("scatterPatches")
                            .tensor(patches)
                            .tensor(dx)
                            .integer(count))
                    .elements((long) count * sliding.imageSize());
        }
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
