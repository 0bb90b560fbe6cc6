package dev.millrace.pipeline.deadletter;

import java.util.Set;

/**
 * Which letters one is asked for.
 *
 * @param reasons codes; empty for all
 * @param topics that the records were read from; empty for all
 * @param since letters written then or later, milliseconds since the epoch; 0 for all
 */
public record LetterFilter(Set<String> reasons, Set<String> topics, long since) {

    public LetterFilter {
        reasons = Set.copyOf(reasons);
        topics = Set.copyOf(topics);
        if (since < 0) throw new IllegalArgumentException("since must be >= 0. Received: " + since);
    }

    boolean accepts(Letter letter) {
        return letter.written() >= since
                && (reasons.isEmpty() || reasons.contains(letter.reason()))
                && (topics.isEmpty() || topics.contains(letter.source().topic()));
    }
}
