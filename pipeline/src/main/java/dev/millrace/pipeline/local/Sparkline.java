package dev.millrace.pipeline.local;

/** A curve one character high. */
final class Sparkline {

    private static final String LEVELS = "▁▂▃▄▅▆▇█";

    private Sparkline() {}

    /** One character a value, from the lowest to the highest of them; a value that is not finite is a blank. */
    static String of(double[] values) {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            if (Double.isFinite(value)) {
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
        }
        StringBuilder line = new StringBuilder(values.length);
        for (double value : values) {
            line.append(Double.isFinite(value) ? LEVELS.charAt(level(value, min, max)) : ' ');
        }
        return line.toString();
    }

    private static int level(double value, double min, double max) {
        int top = LEVELS.length() - 1;
        return max > min ? (int) Math.round((value - min) / (max - min) * top) : 0;
    }
}
