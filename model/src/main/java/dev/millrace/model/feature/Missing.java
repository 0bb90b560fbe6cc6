package dev.millrace.model.feature;

import java.util.List;
import java.util.Locale;

/** What becomes of a record whose categorical value is missing, or not in the vocabulary. */
public enum Missing {
    /** It is a dead letter. */
    REJECT,
    /** All inputs of the feature are 0. */
    ZERO,
    /** It has an input of its own; among hashed ones that of the empty text. */
    BUCKET;

    static final List<String> WORDS = List.of("reject", "zero", "bucket");

    static Missing of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
