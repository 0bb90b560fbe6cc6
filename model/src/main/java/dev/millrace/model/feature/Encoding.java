package dev.millrace.model.feature;

import java.util.List;

/** How one of several values stands among the inputs of a model. */
public enum Encoding {
    /** As many inputs as there are values, 1 for the one and 0 for the others. */
    ONE_HOT("one-hot"),
    /** One input, the number of the value: for layers that take ids. */
    ID("id");

    static final List<String> WORDS = List.of(ONE_HOT.word, ID.word);

    private final String word;

    Encoding(String word) {
        this.word = word;
    }

    /** As in a configuration. */
    public String word() {
        return word;
    }

    static Encoding of(String word) {
        return word.equals(ID.word) ? ID : ONE_HOT;
    }

    /** Inputs for so many values. */
    int width(int values) {
        return this == ID ? 1 : values;
    }

    /** Writes a value's number; none if it is negative. */
    void write(int index, float[] into, int at) {
        if (index < 0) return;
        if (this == ID) into[at] = index;
        else into[at + index] = 1;
    }
}
