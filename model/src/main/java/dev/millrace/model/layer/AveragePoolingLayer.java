package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** {@code a = mean of a pool}, channel by channel; backward the gradient goes to all its values in equal parts. */
final class AveragePoolingLayer extends BufferedLayer {
    private final Pools pools;
    private final float share;

    AveragePoolingLayer(Pools pools, int chunk) {
        super(chunk, pools.units());
        this.pools = pools;
        this.share = 1f / pools.offsets().length;
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        int[] corners = pools.corners();
        int[] offsets = pools.offsets();
        int channels = pools.channels();
        long image = address(input);
        long output = outputAddress;
        for (int r = 0; r < rows; r++, image += 4L * pools.imageSize()) {
            for (int corner : corners) {
                for (int at = corner; at < corner + channels; at++, output += 4) {
                    float sum = 0;
                    for (int offset : offsets) sum += Memory.get(image + 4L * (at + offset));
                    Memory.put(output, sum * share);
                }
            }
        }
    }

    @Override
    public double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        if (inputGradient == null) return 0;
        int[] corners = pools.corners();
        int[] offsets = pools.offsets();
        int channels = pools.channels();
        long image = address(inputGradient);
        Memory.zero(image, (long) rows * pools.imageSize());
        long gradient = gradientAddress;
        for (int r = 0; r < rows; r++, image += 4L * pools.imageSize()) {
            for (int corner : corners) {
                for (int at = corner; at < corner + channels; at++, gradient += 4) {
                    float part = share * Memory.get(gradient);
                    for (int offset : offsets) {
                        long place = image + 4L * (at + offset);
                        Memory.put(place, Memory.get(place) + part);
                    }
                }
            }
        }
        return 0;
    }
}
