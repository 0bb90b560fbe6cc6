package dev.millrace.model.layer;

import dev.millrace.model.memory.Blas;
import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.Conv2dSpec;
import dev.millrace.model.spec.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * {@code a = f(P [W; b])} with the patches P of the images, {@link Patches}; backward {@code dz = da f'(z),
 * [dW; db] += P' dz, dP = dz W'}, and dP added up where the patches came from. Goes through the images some lines at a
 * time, so that patches stay in the cache.
 */
final class Conv2dLayer extends BufferedLayer {
    private final int imageSize;
    private final int filters;
    private final int linesPerRow;
    private final int across; // positions of a line
    private final Patches patches;
    private final Nonlinearity activation;
    private final FloatPointer weights; // [stride, filters]: the kernel, and the bias as its last row
    private final FloatPointer weightGradient;
    private final long weightGradientAddress;
    private final int weightCount;
    private final FloatPointer block; // moves along the outputs
    private final FloatPointer gradientBlock; // moves along their gradients
    private final long blockBase;
    private final long gradientBlockBase;
    private @Nullable RowGradient rowGradient;

    private record RowGradient(OffHeap memory, FloatPointer pointer, long address) {
        static RowGradient of(int size) {
            OffHeap memory = new OffHeap(size);
            return new RowGradient(memory, memory.pointer(0), memory.address(0));
        }
    }

    /** @param offset where its parameters begin */
    Conv2dLayer(Conv2dSpec spec, Shape input, Activation activation, Tensors tensors, int offset) {
        super(tensors.chunk(), spec.output(input).size());
        Shape output = spec.output(input);
        this.imageSize = input.size();
        this.filters = spec.filters();
        this.linesPerRow = output.height();
        this.across = output.width();
        this.patches = new Patches(input, spec.window(), output);
        this.activation = new Nonlinearity(activation);
        this.weights = tensors.parameters().pointer(offset);
        this.weightGradient = tensors.gradients().pointer(offset);
        this.weightGradientAddress = tensors.gradients().address(offset);
        this.weightCount = patches.stride() * filters;
        this.block = new FloatPointer(output());
        this.gradientBlock = new FloatPointer(outputGradient());
        this.blockBase = block.position();
        this.gradientBlockBase = gradientBlock.position();
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        long x = address(input);
        int lines = rows * linesPerRow;
        int lineSize = across * filters;
        for (int from = 0; from < lines; from += patches.lines()) {
            int count = Math.min(patches.lines(), lines - from);
            long begin = (long) from * lineSize;
            patches.gather(x, from, count);
            Blas.product(
                    patches.pointer(),
                    weights,
                    block.position(blockBase + begin),
                    count * across,
                    patches.stride(),
                    filters);
            activation.apply(outputAddress + 4 * begin, (long) count * lineSize);
        }
    }

    @Override
    public double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        activation.applySlope(gradientAddress, outputAddress, (long) rows * units);
        long x = address(input);
        long dx = inputGradient == null ? 0 : address(inputGradient);
        if (inputGradient != null) Memory.zero(dx, (long) rows * imageSize);
        if (withNorms) return backwardByRow(x, dx, rows, first);
        backward(x, dx, 0, rows, weightGradient, first);
        return 0;
    }

    /** The same, each row's gradient apart before it is added: their squares cannot be had from the sum. */
    private double backwardByRow(long x, long dx, int rows, boolean first) {
        RowGradient row = rowGradient;
        if (row == null) rowGradient = row = RowGradient.of(weightCount);
        if (first) Memory.zero(weightGradientAddress, weightCount);
        double squares = 0;
        for (int r = 0; r < rows; r++) {
            backward(x, dx, r, 1, row.pointer(), true);
            squares += Memory.squares(row.address(), weightCount);
            Blas.add(row.pointer(), weightGradient, weightCount);
        }
        return squares;
    }

    /** @param dx address, or 0 if nobody wants the inputs' gradient */
    private void backward(long x, long dx, int row, int rows, FloatPointer into, boolean first) {
        int end = (row + rows) * linesPerRow;
        boolean overwrite = first;
        for (int from = row * linesPerRow; from < end; from += patches.lines()) {
            int count = Math.min(patches.lines(), end - from);
            int positions = count * across;
            int stride = patches.stride();
            FloatPointer dz = gradientBlock.position(gradientBlockBase + (long) from * across * filters);
            patches.gather(x, from, count);
            Blas.transposedProduct(patches.pointer(), dz, into, overwrite ? 0f : 1f, stride, positions, filters);
            overwrite = false;
            if (dx == 0) continue;
            // In the patches' own place, but for the ones.
            Blas.productWithTransposed(dz, weights, patches.pointer(), stride, positions, filters, stride - 1);
            patches.scatter(dx, from, count);
        }
    }

    @Override
    public void close() {
        super.close();
        patches.close();
        if (rowGradient != null) rowGradient.memory().close();
    }
}
