package dev.millrace.model.spec;

import java.util.Locale;

/** What a pool makes of its values. */
public enum Pooling {
    /** The largest; the gradient goes to the first of them, in the order of rows and columns. */
    MAX,
    /** Their mean; the gradient goes to all in equal parts. */
    AVERAGE;

    /** The word in the name of its layers, as Keras has it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
