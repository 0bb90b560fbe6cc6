package dev.millrace.pipeline.config;

/** Reads {@code training.staleness}. */
final class Staleness {
    private static final String UNBOUNDED = "unbounded";

    private Staleness() {}

    static boolean isValid(String text) {
        return text.equals(UNBOUNDED) || text.matches("\\d{1,9}");
    }

    /** Steps; {@link Integer#MAX_VALUE} for unbounded. */
    static int parse(String text) {
        return text.equals(UNBOUNDED) ? Integer.MAX_VALUE : Integer.parseInt(text);
    }
}
