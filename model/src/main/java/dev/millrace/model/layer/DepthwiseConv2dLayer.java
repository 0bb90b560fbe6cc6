package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.DepthwiseConv2dSpec;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.spec.Shape;
import dev.millrace.model.spec.Window;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * The sums of {@link DepthwiseConv2dSpec}, one image at a time on the heap: a channel has too few of them for a product of
 * matrices.
 */
final class DepthwiseConv2dLayer extends BufferedLayer {
    private final int channels;
    private final int multiplier;
    private final int made; // channels of the result
    private final Nonlinearity activation;
    private final long parameters;
    private final long gradients;
    private final int[] ends; // [positions]: taps of a position end here, and those of the next begin
    private final int[] pixels; // [taps]: first value of a pixel in the image
    private final int[] weightsOf; // [taps]: first weight of the window's pixel
    private final float[] image;
    private final float[] imageGradient;
    private final float[] result; // or its gradient, on the way back
    private final float[] weights; // the kernel, [height, width, channels, multiplier], then the bias
    private final float[] weightGradient; // of one row

    DepthwiseConv2dLayer(DepthwiseConv2dSpec spec, PlacedLayer placed, Activation activation, Tensors tensors) {
        super(tensors.chunk(), placed.output().size());
        Window window = spec.window();
        Shape input = placed.input();
        this.channels = input.channels();
        this.multiplier = spec.multiplier();
        this.made = channels * multiplier;
        this.activation = new Nonlinearity(activation);
        this.parameters = tensors.parameters().address(placed.offset());
        this.gradients = tensors.gradients().address(placed.offset());
        int positions = placed.output().height() * placed.output().width();
        int field = window.height() * window.width();
        this.ends = new int[positions];
        this.pixels = new int[Math.multiplyExact(positions, field)];
        this.weightsOf = new int[pixels.length];
        this.image = new float[input.size()];
        this.imageGradient = new float[image.length];
        this.result = new float[units];
        this.weights = new float[(field + 1) * made];
        this.weightGradient = new float[weights.length];
        placeTaps(window, input, placed.output().width());
    }

    /** Where a window reaches beyond the image there is no tap. */
    private void placeTaps(Window window, Shape input, int across) {
        int taps = 0;
        for (int position = 0; position < ends.length; position++) {
            int y = position / across * window.rowStride() - window.above(input);
            int x = position % across * window.columnStride() - window.leftOf(input);
            for (int v = Math.max(y, 0); v < Math.min(y + window.height(), input.height()); v++) {
                for (int u = Math.max(x, 0); u < Math.min(x + window.width(), input.width()); u++) {
                    pixels[taps] = (v * input.width() + u) * channels;
                    weightsOf[taps++] = ((v - y) * window.width() + u - x) * made;
                }
            }
            ends[position] = taps;
        }
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        Memory.copyOut(parameters, weights, 0, weights.length);
        long x = address(input);
        for (int r = 0; r < rows; r++) {
            Memory.copyOut(x + 4L * r * image.length, image, 0, image.length);
            int tap = 0;
            for (int position = 0; position < ends.length; position++) {
                int z = position * made;
                System.arraycopy(weights, weights.length - made, result, z, made);
                for (; tap < ends[position]; tap++) add(pixels[tap], weightsOf[tap], z);
            }
            Memory.copyIn(result, 0, outputAddress + 4L * r * units, units);
        }
        activation.apply(outputAddress, (long) rows * units);
    }

    private void add(int pixel, int weight, int z) {
        for (int c = 0, i = 0; c < channels; c++) {
            for (int k = 0; k < multiplier; k++, i++) result[z + i] += weights[weight + i] * image[pixel + c];
        }
    }

    @Override
    public double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        activation.applySlope(gradientAddress, outputAddress, (long) rows * units);
        if (first) Memory.zero(gradients, weights.length);
        double squares = 0;
        for (int r = 0; r < rows; r++) {
            Memory.copyOut(address(input) + 4L * r * image.length, image, 0, image.length);
            Memory.copyOut(gradientAddress + 4L * r * units, result, 0, units);
            backward();
            for (int i = 0; i < weightGradient.length; i++) {
                long address = gradients + 4L * i;
                Memory.put(address, Memory.get(address) + weightGradient[i]);
                squares += (double) weightGradient[i] * weightGradient[i];
            }
            if (inputGradient != null) {
                Memory.copyIn(imageGradient, 0, address(inputGradient) + 4L * r * image.length, image.length);
            }
        }
        return withNorms ? squares : 0;
    }

    /** One image: the gradients of its values and of the weights. */
    private void backward() {
        Arrays.fill(weightGradient, 0);
        Arrays.fill(imageGradient, 0);
        int bias = weights.length - made;
        int tap = 0;
        for (int position = 0; position < ends.length; position++) {
            int z = position * made;
            for (int i = 0; i < made; i++) weightGradient[bias + i] += result[z + i];
            for (; tap < ends[position]; tap++) addGradients(pixels[tap], weightsOf[tap], z);
        }
    }

    private void addGradients(int pixel, int weight, int z) {
        for (int c = 0, i = 0; c < channels; c++) {
            for (int k = 0; k < multiplier; k++, i++) {
                weightGradient[weight + i] += result[z + i] * image[pixel + c];
                imageGradient[pixel + c] += result[z + i] * weights[weight + i];
            }
        }
    }
}
