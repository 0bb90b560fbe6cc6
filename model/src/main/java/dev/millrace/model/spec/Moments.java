package dev.millrace.model.spec;

/**
 * Where the running moments of a normalization stand among the parameters: {@code width} means, as many variances, and how
 * many samples they were taken of.
 *
 * @param offset of the first mean
 * @param halfLife samples after which one counts half; infinite for never
 */
public record Moments(int offset, int width, double halfLife) {

    /** Values in the flat vector. */
    public int size() {
        return 2 * width + 1;
    }

    /** Behind the last value. */
    public int end() {
        return offset + size();
    }
}
