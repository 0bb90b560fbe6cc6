package dev.millrace.pipeline.deadletter;

import org.jspecify.annotations.Nullable;

/**
 * What the header {@code millrace.replayed} of a record says that was sent once more. Written as
 * {@code 2 clicks-3@8812}.
 *
 * @param attempt 1 for the first replay
 * @param first where the record stood when it was refused for the first time
 */
public record ReplayMark(int attempt, RecordPosition first) {

    public ReplayMark {
        if (attempt < 1) throw new IllegalArgumentException("attempt must be >= 1. Received: " + attempt);
    }

    /** The mark that a text holds; null if it holds none. */
    static @Nullable ReplayMark parse(String text) {
        int blank = text.indexOf(' ');
        if (blank < 1 || blank > 9 || !text.substring(0, blank).matches("[1-9]\\d*")) return null;
        RecordPosition first = RecordPosition.parse(text.substring(blank + 1));
        return first == null ? null : new ReplayMark(Integer.parseInt(text.substring(0, blank)), first);
    }

    @Override
    public String toString() {
        return attempt + " " + first;
    }
}
