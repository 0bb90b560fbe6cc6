package dev.millrace.model.memory;

/**
 * Takes a gradient back through an activation: {@code d *= f'(z)}, with the slope from the output {@code a = f(z)}. Two
 * blocks outside the heap may overlap for all the JIT knows, so it would go through them value by value; copied to the
 * heap a tile at a time they are vectorized, at a third of the time (Java 17).
 */
public final class Slopes {
    private static final int TILE = 1024;

    private final float[] gradient = new float[TILE];
    private final float[] output = new float[TILE];

    /** {@code d *= a > 0}, for a >= 0. */
    public void relu(long d, long a, long length) {
        each(d, a, length, Slopes::relu);
    }

    /** {@code d *= 1 - a^2}. */
    public void tanh(long d, long a, long length) {
        each(d, a, length, Slopes::tanh);
    }

    /** {@code d *= a (1 - a)}. */
    public void sigmoid(long d, long a, long length) {
        each(d, a, length, Slopes::sigmoid);
    }

    private interface Slope {
        void apply(float[] d, float[] a, int length);
    }

    private void each(long d, long a, long length, Slope slope) {
        for (long done = 0; done < length; done += TILE) {
            int n = (int) Math.min(TILE, length - done);
            Memory.copyOut(d + 4 * done, gradient, 0, n);
            Memory.copyOut(a + 4 * done, output, 0, n);
            slope.apply(gradient, output, n);
            Memory.copyIn(gradient, 0, d + 4 * done, n);
        }
    }

    /** A product and a minimum are vectorized, a comparison is not. */
    private static void relu(float[] d, float[] a, int length) {
        for (int i = 0; i < length; i++) d[i] *= Math.min(a[i] * 3e38f * 3e38f, 1f);
    }

    private static void tanh(float[] d, float[] a, int length) {
        for (int i = 0; i < length; i++) d[i] *= 1f - a[i] * a[i];
    }

    private static void sigmoid(float[] d, float[] a, int length) {
        for (int i = 0; i < length; i++) d[i] *= a[i] * (1f - a[i]);
    }
}
