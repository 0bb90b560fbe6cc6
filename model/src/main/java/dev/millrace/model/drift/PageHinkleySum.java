package dev.millrace.model.drift;

/**
 * The one-sided Page-Hinkley test: {@code M_t = M_(t-1) + z_t - tolerance}, a rise is found when
 * {@code M_t - min(M_0..M_t) > threshold}, with {@code M_0 = 0}. Only the difference {@code G_t = max(0, G_(t-1) + z_t -
 * tolerance)} is kept: it is the same number, and it does not lose digits while M falls for weeks.
 *
 * <p>Worked with tolerance 0.5, threshold 12: ten zeros, then 2.0 for ever adds 1.5 each and passes 12 with the 9th, that
 * is at observation 19; 4.0 adds 3.5 and passes with the 4th, at 14. Source: Page 1954, "Continuous inspection schemes".
 */
final class PageHinkleySum {
    private final double tolerance;
    private final double threshold;
    private double aboveMinimum;

    /** Both in units of z. */
    PageHinkleySum(double tolerance, double threshold) {
        this.tolerance = tolerance;
        this.threshold = threshold;
    }

    /** Whether the sum has risen above the threshold; it starts anew if so. */
    boolean add(double z) {
        aboveMinimum = Math.max(0, aboveMinimum + z - tolerance);
        if (!(aboveMinimum > threshold)) return false;
        aboveMinimum = 0;
        return true;
    }

    double aboveMinimum() {
        return aboveMinimum;
    }

    void aboveMinimum(double value) {
        aboveMinimum = value;
    }
}
