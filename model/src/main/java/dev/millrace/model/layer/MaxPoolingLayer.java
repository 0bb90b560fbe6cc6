package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * {@code a = max of a pool}, channel by channel; backward the gradient goes to the first value that was the largest.
 *
 * <p>Goes through a line of pools at a time, comparing the first values of all its pools with the second ones, and so on, on
 * the heap: the JIT vectorizes that, where a loop over each pool would take four times as long for the branches that it
 * cannot foresee.
 */
final class MaxPoolingLayer extends BufferedLayer {
    private final Pools pools;
    private final int lineUnits;
    private final float[] winners; // [chunk, units]: which value of the pool was the largest
    private final float[] strip; // the part of an image under one line of pools
    private final float[] values; // [across, channels]: one value of each pool
    private final float[] largest;
    private final float[] winner;

    MaxPoolingLayer(Pools pools, int chunk) {
        super(chunk, pools.units());
        this.pools = pools;
        this.lineUnits = pools.across() * pools.channels();
        this.winners = new float[Math.multiplyExact(chunk, units)];
        int[] offsets = pools.offsets();
        int last = pools.corners()[pools.across() - 1] + offsets[offsets.length - 1];
        this.strip = new float[last + pools.channels()];
        this.values = new float[lineUnits];
        this.largest = new float[lineUnits];
        this.winner = new float[lineUnits];
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        int[] corners = pools.corners();
        long image = address(input);
        int at = 0;
        for (int r = 0; r < rows; r++, image += 4L * pools.imageSize()) {
            for (int line = 0; line < corners.length; line += pools.across(), at += lineUnits) {
                Memory.copyOut(image + 4L * corners[line], strip, 0, strip.length);
                gather(0, largest);
                Arrays.fill(winner, 0);
                for (int k = 1; k < pools.offsets().length; k++) {
                    gather(k, values);
                    compare(values, largest, winner, k);
                }
                Memory.copyIn(largest, 0, outputAddress + 4L * at, lineUnits);
                System.arraycopy(winner, 0, winners, at, lineUnits);
            }
        }
    }

    private void gather(int k, float[] into) {
        int channels = pools.channels();
        int offset = pools.offsets()[k];
        for (int x = 0; x < pools.across(); x++) {
            System.arraycopy(strip, pools.corners()[x] + offset, into, x * channels, channels);
        }
    }

    /** {@code above} is 1 where the value is larger, else 0. NaN stays NaN. */
    private static void compare(float[] values, float[] largest, float[] winner, float k) {
        for (int i = 0; i < values.length; i++) {
            float above = Math.min(Math.max(values[i] - largest[i], 0f) * 3e38f * 3e38f, 1f);
            winner[i] += above * (k - winner[i]);
        }
        for (int i = 0; i < values.length; i++) largest[i] = Math.max(largest[i], values[i]);
    }

    @Override
    public double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        if (inputGradient == null) return 0;
        int[] offsets = pools.offsets();
        int channels = pools.channels();
        long image = address(inputGradient);
        Memory.zero(image, (long) rows * pools.imageSize());
        long gradient = gradientAddress;
        int at = 0;
        for (int r = 0; r < rows; r++, image += 4L * pools.imageSize()) {
            for (int corner : pools.corners()) {
                for (int c = corner; c < corner + channels; c++, gradient += 4) {
                    long place = image + 4L * (c + offsets[(int) winners[at++]]);
                    Memory.put(place, Memory.get(place) + Memory.get(gradient));
                }
            }
        }
        return 0;
    }
}
