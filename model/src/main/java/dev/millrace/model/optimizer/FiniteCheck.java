package dev.millrace.model.optimizer;

import java.util.Arrays;

/**
 * Whether numbers are finite, and how large a vector is. A sum into one variable must be kept in order, so the JIT does
 * not vectorize it: here a vector is folded, tile by tile, into one tile of sums.
 */
public final class FiniteCheck {
    private static final int TILE = 1024;

    /** Most tiles that are summed in float before it goes on in double: the error stays below 4e-6 relative. */
    private static final int TILES = 64;

    private static final double SMALLEST_SAFE = 1e-25; // of a float sum of squares: smaller squares drop digits
    private static final double LARGEST_SAFE = 1e35;

    private final float[] tile = new float[TILE];
    private final float[] other = new float[TILE];
    private final float[] sums = new float[TILE];

    /** Whether no value is NaN or infinite: {@code v * 0} is 0 for finite values alone. */
    public boolean allFinite(float[] values) {
        return allFinite(values, values.length);
    }

    /** The same of the first {@code length} values. */
    public boolean allFinite(float[] values, int length) {
        int whole = length - length % TILE;
        Arrays.fill(sums, 0);
        for (int i = 0; i < whole; i += TILE) {
            System.arraycopy(values, i, tile, 0, TILE);
            addZeros(sums, tile);
        }
        float sum = 0;
        for (float s : sums) sum += s;
        for (int i = whole; i < length; i++) sum += values[i] * 0f;
        return sum == 0f;
    }

    /**
     * sqrt(sum v^2), to 2e-6 relative; NaN or infinite if a value is. Values whose squares leave the range of a float
     * are summed in double.
     */
    public double norm(float[] values) {
        return norm(values, values.length);
    }

    /** The same of the first {@code length} values. */
    public double norm(float[] values, int length) {
        double total = 0;
        int block = TILE * TILES;
        for (int from = 0; from < length; from += block) {
            int to = Math.min(from + block, length);
            double sum = squaresInFloat(values, from, to);
            total += sum > SMALLEST_SAFE && sum < LARGEST_SAFE ? sum : squaresInDouble(values, from, to);
        }
        return Math.sqrt(total);
    }

    /** sum a b, to 4e-6 of |a| |b|; NaN or infinite if a product leaves the range of a float. */
    public double dot(float[] a, float[] b) {
        int whole = a.length - a.length % TILE;
        double total = 0;
        Arrays.fill(sums, 0);
        for (int i = 0; i < whole; i += TILE) {
            System.arraycopy(a, i, tile, 0, TILE);
            System.arraycopy(b, i, other, 0, TILE);
            addProducts(sums, tile, other);
        }
        for (float s : sums) total += s;
        for (int i = whole; i < a.length; i++) total += (double) a[i] * b[i];
        return total;
    }

    private double squaresInFloat(float[] values, int from, int to) {
        int whole = to - (to - from) % TILE;
        double sum = squaresInDouble(values, whole, to);
        if (whole == from) return sum;
        Arrays.fill(sums, 0);
        for (int i = from; i < whole; i += TILE) {
            System.arraycopy(values, i, tile, 0, TILE);
            addSquares(sums, tile);
        }
        for (float s : sums) sum += s;
        return sum;
    }

    private static double squaresInDouble(float[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) sum += (double) values[i] * values[i];
        return sum;
    }

    private static void addZeros(float[] sums, float[] values) {
        for (int i = 0; i < TILE; i++) sums[i] += values[i] * 0f;
    }

    private static void addSquares(float[] sums, float[] values) {
        for (int i = 0; i < TILE; i++) sums[i] += values[i] * values[i];
    }

    private static void addProducts(float[] sums, float[] a, float[] b) {
        for (int i = 0; i < TILE; i++) sums[i] += a[i] * b[i];
    }
}
