package dev.millrace.model.optimizer;

/** Whether numbers are finite, and how large a vector is. */
public final class FiniteCheck {
    private FiniteCheck() {}

    /** Whether no value is NaN or infinite: {@code v * 0} is 0 for finite values alone, and sums are vectorized. */
    public static boolean allFinite(float[] values) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = 0;
        for (; i + 3 < values.length; i += 4) {
            a += values[i] * 0f;
            b += values[i + 1] * 0f;
            c += values[i + 2] * 0f;
            d += values[i + 3] * 0f;
        }
        for (; i < values.length; i++) a += values[i] * 0f;
        return a + b + c + d == 0f;
    }

    /** sqrt(sum v^2), summed in double so that large vectors neither overflow nor drown. */
    public static double norm(float[] values) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < values.length; i += 4) {
            a += (double) values[i] * values[i];
            b += (double) values[i + 1] * values[i + 1];
            c += (double) values[i + 2] * values[i + 2];
            d += (double) values[i + 3] * values[i + 3];
        }
        for (; i < values.length; i++) a += (double) values[i] * values[i];
        return Math.sqrt(a + b + c + d);
    }
}
