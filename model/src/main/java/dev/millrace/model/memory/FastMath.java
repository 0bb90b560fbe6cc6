package dev.millrace.model.memory;

/** Exponentials in float32: {@link Math#exp} takes several times as long, for digits that a float does not keep. */
public final class FastMath {
    private static final float LOG2_E = (float) (1 / 0.6931471805599453);
    private static final float LN2_HIGH = 355f / 512;
    private static final float LN2_LOW = (float) (0.6931471805599453 - 355.0 / 512);
    private static final float ROUND = 12582912f; // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
    private static final float LOWEST = -87f; // e^-87 is the last normal float
    private static final float HIGHEST = 88f;

    private FastMath() {}

    /**
     * e^x to 2e-7 relative, for x clamped to -87..88: {@code 2^n * e^r} with n the nearest integer to x log2(e) and a
     * polynomial of degree 6 for |r| <= ln(2)/2. NaN stays NaN.
     */
    public static float exp(float x) {
        float bounded = Math.min(Math.max(x, LOWEST), HIGHEST);
        float shifted = bounded * LOG2_E + ROUND;
        float n = shifted - ROUND;
        float r = bounded - n * LN2_HIGH - n * LN2_LOW;
        // Taylor's coefficients; the remainder r^7 / 7! is below 1.3e-7 here.
        float polynomial =
                1f + r * (1f + r * (1 / 2f + r * (1 / 6f + r * (1 / 24f + r * (1 / 120f + r * (1 / 720f))))));
        int exponent = Float.floatToRawIntBits(shifted) << 23;
        return Float.intBitsToFloat(Float.floatToRawIntBits(polynomial) + exponent);
    }

    /** 1 / (1 + e^-x). */
    public static float sigmoid(float x) {
        return 1f / (1f + exp(-x));
    }

    /** tanh x, by 1 - 2 / (e^2x + 1); below 0.04 by x - x^3/3, where the difference would cancel. */
    public static float tanh(float x) {
        if (Math.abs(x) < 0.04f) return x * (1f - x * x * (1 / 3f));
        return 1f - 2f / (exp(2f * x) + 1f);
    }

    /** log(1 + x) for 0 <= x <= 1, to 1e-10 relative: {@link Math#log1p} takes several times as long as its logarithm. */
    public static double log1p(float x) {
        return x < 1e-5f ? x - 0.5 * x * x : Math.log(1.0 + x);
    }
}
