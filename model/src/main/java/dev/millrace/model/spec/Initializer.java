package dev.millrace.model.spec;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * How parameters begin; fan-in and fan-out are the inputs and units of the layer. Sources: Glorot and Bengio 2010, He et
 * al. 2015. The same seed gives the same numbers on every machine.
 */
public enum Initializer {
    /** 0. */
    ZEROS,
    /** Uniform in +-sqrt(6 / (fan-in + fan-out)). */
    GLOROT_UNIFORM,
    /** Normal with standard deviation sqrt(2 / (fan-in + fan-out)). */
    GLOROT_NORMAL,
    /** Uniform in +-sqrt(6 / fan-in). */
    HE_UNIFORM,
    /** Normal with standard deviation sqrt(2 / fan-in). */
    HE_NORMAL;

    /** The word in a specification, as Keras has it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Fills {@code length} values from {@code offset} on. */
    void fill(float[] values, int offset, int length, int fanIn, int fanOut, SplittableRandom random) {
        double both = (double) fanIn + fanOut;
        switch (this) {
            case ZEROS -> Arrays.fill(values, offset, offset + length, 0);
            case GLOROT_UNIFORM -> uniform(values, offset, length, Math.sqrt(6 / both), random);
            case GLOROT_NORMAL -> normal(values, offset, length, Math.sqrt(2 / both), random);
            case HE_UNIFORM -> uniform(values, offset, length, Math.sqrt(6.0 / fanIn), random);
            case HE_NORMAL -> normal(values, offset, length, Math.sqrt(2.0 / fanIn), random);
        }
    }

    /**
     * A random orthogonal matrix, [size, size]: rows drawn from the normal distribution, made orthogonal to those before and of
     * length 1 (Gram and Schmidt, twice, as once loses digits). Source: Saxe et al. 2013.
     */
    static void orthogonal(float[] values, int offset, int size, SplittableRandom random) {
        double[][] rows = new double[size][size];
        float[] drawn = new float[size];
        for (int r = 0; r < size; r++) {
            normal(drawn, 0, size, 1, random);
            for (int c = 0; c < size; c++) rows[r][c] = drawn[c];
            for (int pass = 0; pass < 2; pass++) {
                for (int other = 0; other < r; other++) addTimes(rows[r], rows[other], -product(rows[r], rows[other]));
                double length = Math.sqrt(product(rows[r], rows[r]));
                for (int c = 0; c < size; c++) rows[r][c] /= length;
            }
            for (int c = 0; c < size; c++) values[offset + r * size + c] = (float) rows[r][c];
        }
    }

    private static double product(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static void addTimes(double[] a, double[] b, double factor) {
        for (int i = 0; i < a.length; i++) a[i] += factor * b[i];
    }

    private static void uniform(float[] values, int offset, int length, double limit, SplittableRandom random) {
        for (int i = offset; i < offset + length; i++) values[i] = (float) ((2 * random.nextDouble() - 1) * limit);
    }

    /** Box and Muller's transform by {@link StrictMath}, whose results do not depend on the machine. */
    private static void normal(float[] values, int offset, int length, double deviation, SplittableRandom random) {
        for (int i = offset; i < offset + length; i++) {
            double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
            values[i] = (float) (deviation * radius * StrictMath.cos(2 * Math.PI * random.nextDouble()));
        }
    }
}
