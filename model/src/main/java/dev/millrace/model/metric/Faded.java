package dev.millrace.model.metric;

/** Weights that count less from now on. */
final class Faded {
    /** Less is nothing: far below any weight that counts, far above the subnormal numbers, which are slow. */
    private static final double NEGLIGIBLE = 1e-200;

    private Faded() {}

    /** {@code weight * kept}, or 0 if that is nothing. */
    static double of(double weight, double kept) {
        double left = weight * kept;
        return left < NEGLIGIBLE ? 0 : left;
    }
}
