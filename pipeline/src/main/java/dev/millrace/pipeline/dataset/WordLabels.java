package dev.millrace.pipeline.dataset;

import java.util.LinkedHashSet;
import java.util.Set;

/** What to say when labels are words and nobody said which is which: the option, with the words there are. */
final class WordLabels {
    private static final int MAX_ROWS = 10_000;
    private static final int MAX_WORDS = 20;

    private final String place;
    private final String received;
    private final Set<String> words = new LinkedHashSet<>();
    private int rows;

    /** @param received the first label that is no number */
    WordLabels(String place, String received) {
        this.place = place;
        this.received = received;
        words.add(received);
    }

    void add(String word) {
        if (words.size() < MAX_WORDS && !word.isEmpty()) words.add(word);
    }

    /** @throws IllegalArgumentException if enough was read */
    void endRow() {
        if (++rows == MAX_ROWS || words.size() == MAX_WORDS) throw error();
    }

    IllegalArgumentException error() {
        return new IllegalArgumentException(place + " must be a number, or --classes must say which words are 0, 1,"
                + " ...; of the " + rows + " rows from here on: --classes " + String.join(",", words) + ". Received: "
                + received);
    }
}
