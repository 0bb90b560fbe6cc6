package dev.millrace.pipeline.dataset;

import org.jspecify.annotations.Nullable;

/** Cells to the parts of an example, each by its column. */
final class CsvCells {
    private final CsvColumns columns;
    private final ClassLabels classes;
    private final @Nullable Float empty;
    private Example into = new Example();
    private long line;
    private @Nullable WordLabels words; // not null once a label was no number

    CsvCells(CsvColumns columns, CsvRules rules) {
        this.columns = columns;
        this.classes = new ClassLabels(rules.classes());
        this.empty = rules.empty();
    }

    void begin(long rowLine, Example example) {
        line = rowLine;
        into = example;
        into.clearOptional();
        if (into.features.length != columns.features()) into.features = new float[columns.features()];
    }

    /** @throws IllegalArgumentException naming line, column, limit and what was received */
    void take(int column, char[] text, int begin, int end) {
        int use = column < columns.count() ? columns.use(column) : CsvColumns.NOTHING;
        if (use == CsvColumns.NOTHING) return;
        if (words != null) {
            if (use == CsvColumns.LABEL) words.add(string(text, begin, end));
            return;
        }
        if (begin == end) {
            takeEmpty(column, use);
            return;
        }
        switch (use) {
            case CsvColumns.LABEL -> takeLabel(column, text, begin, end);
            case CsvColumns.ID -> into.id = string(text, begin, end);
            case CsvColumns.EVENT_TIME -> {
                into.eventTime = EventTime.parse(string(text, begin, end));
                if (into.eventTime < 0) throw wrong(column, EventTime.EXPECTED, string(text, begin, end));
            }
            case CsvColumns.WEIGHT -> {
                into.weight = number(column, text, begin, end);
                if (into.weight < 0) throw wrong(column, "must be >= 0", string(text, begin, end));
            }
            default -> into.features[use] = number(column, text, begin, end);
        }
    }

    private void takeEmpty(int column, int use) {
        if (use < 0) throw wrong(column, "must not be empty", "nothing");
        if (empty == null) throw wrong(column, "must not be empty (--empty NUMBER fills such cells)", "nothing");
        into.features[use] = empty;
    }

    private void takeLabel(int column, char[] text, int begin, int end) {
        into.labelCount = 1;
        if (classes.isEmpty()) {
            into.labels[0] = Numbers.parse(text, begin, end);
            if (!Float.isFinite(into.labels[0])) words = new WordLabels(place(column), string(text, begin, end));
            return;
        }
        int label = classes.of(text, begin, end);
        if (label < 0) throw wrong(column, "must be one of --classes " + classes, string(text, begin, end));
        into.labels[0] = label;
    }

    private float number(int column, char[] text, int begin, int end) {
        float value = Numbers.parse(text, begin, end);
        if (Float.isFinite(value)) return value;
        String limit = Float.isNaN(value) ? "must be a number" : "must be between -3.4e38 and 3.4e38";
        throw wrong(column, limit, string(text, begin, end));
    }

    /** Whether the row was an example. */
    boolean endRow(int cells) {
        if (words != null) {
            words.endRow();
            return false;
        }
        if (cells != columns.count()) {
            throw new IllegalArgumentException(
                    "line " + line + " must have " + columns.count() + " columns. Received: " + cells);
        }
        return true;
    }

    void endFile() {
        if (words != null) throw words.error();
    }

    private IllegalArgumentException wrong(int column, String limit, String received) {
        return new IllegalArgumentException(place(column) + " " + limit + ". Received: " + received);
    }

    private String place(int column) {
        return "line " + line + ", column " + columns.name(column);
    }

    private static String string(char[] text, int begin, int end) {
        return new String(text, begin, end - begin);
    }
}
