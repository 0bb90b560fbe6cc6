package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * In training {@code a = m x} and {@code dx = m da}, with m 0 or 1 / (1 - rate); else {@code a = x}. The masks follow from
 * the seed and the number of rows that training has brought before, whatever the chunks: an engine that begins anew
 * draws them from the first again, and engines of the same seed draw the same ones. Numbers by SplitMix64 (Steele, Lea
 * and Flood 2014).
 */
final class DropoutLayer extends BufferedLayer {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final int BITS = 31;

    private final long seed;
    private final int kept; // below this a random integer of 31 bits keeps its value
    private final int scale; // 1 / (1 - rate), as the bits of a float
    private final float[] masks; // [chunk, units]
    private long rowsBefore;

    DropoutLayer(int units, double rate, long seed, int chunk) {
        super(chunk, units);
        this.seed = seed;
        this.kept = (int) Math.min(Integer.MAX_VALUE, Math.round((1 - rate) * (1L << BITS)));
        this.scale = Float.floatToRawIntBits((float) (1 / (1 - rate)));
        this.masks = new float[Math.multiplyExact(chunk, units)];
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        if (!training || scale == Float.floatToRawIntBits(1f)) {
            Memory.copy(address(input), outputAddress, (long) rows * units);
            return;
        }
        long x = address(input);
        long output = outputAddress;
        int m = 0;
        for (int r = 0; r < rows; r++) {
            long state = mix(seed + GOLDEN * rowsBefore++);
            for (int u = 0; u < units; u++, x += 4, output += 4) {
                state += GOLDEN;
                int drawn = (int) (mix(state) >>> (64 - BITS));
                // The sign of the difference, as a mask of bits: a branch would be guessed wrong half of the time.
                float factor = Float.intBitsToFloat(scale & ((drawn - kept) >> 31));
                masks[m++] = factor;
                Memory.put(output, factor * Memory.get(x));
            }
        }
    }

    private static long mix(long z) {
        long y = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        y = (y ^ (y >>> 27)) * 0x94D049BB133111EBL;
        return y ^ (y >>> 31);
    }

    @Override
    public double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        if (inputGradient == null) return 0;
        long dx = address(inputGradient);
        long gradient = gradientAddress;
        if (scale == Float.floatToRawIntBits(1f)) {
            Memory.copy(gradient, dx, (long) rows * units);
            return 0;
        }
        for (int m = 0; m < rows * units; m++, dx += 4, gradient += 4) {
            Memory.put(dx, masks[m] * Memory.get(gradient));
        }
        return 0;
    }
}
