package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** {@code a = max of a pool}, channel by channel; backward the gradient goes to the first value that was the largest. */
final class MaxPoolingLayer extends BufferedLayer {
    private final Pools pools;
    private final int[] winners; // [chunk, units], places in the image

    MaxPoolingLayer(Pools pools, int chunk) {
        super(chunk, pools.units());
        this.pools = pools;
        this.winners = new int[Math.multiplyExact(chunk, units)];
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        int[] corners = pools.corners();
        int[] offsets = pools.offsets();
        int channels = pools.channels();
        long image = address(input);
        long output = outputAddress;
        int w = 0;
        for (int r = 0; r < rows; r++, image += 4L * pools.imageSize()) {
            for (int corner : corners) {
                for (int at = corner; at < corner + channels; at++, output += 4) {
                    float largest = Memory.get(image + 4L * at);
                    int winner = at;
                    for (int k = 1; k < offsets.length; k++) {
                        int place = at + offsets[k];
                        float value = Memory.get(image + 4L * place);
                        if (value > largest) winner = place;
                        largest = Math.max(largest, value); // NaN stays NaN
                    }
                    Memory.put(output, largest);
                    winners[w++] = winner;
                }
            }
        }
    }

    @Override
    public double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        if (inputGradient == null) return 0;
        long image = address(inputGradient);
        Memory.zero(image, (long) rows * pools.imageSize());
        long gradient = gradientAddress;
        int w = 0;
        for (int r = 0; r < rows; r++, image += 4L * pools.imageSize()) {
            for (int u = 0; u < units; u++, gradient += 4) {
                long place = image + 4L * winners[w++];
                Memory.put(place, Memory.get(place) + Memory.get(gradient));
            }
        }
        return 0;
    }
}
