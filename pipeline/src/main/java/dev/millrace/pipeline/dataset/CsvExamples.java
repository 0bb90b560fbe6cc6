package dev.millrace.pipeline.dataset;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A header line, then one example per line: numbers between commas. The label is one of the columns, by name. */
final class CsvExamples implements Examples {
    private final BufferedReader in;
    private final List<String> columns;
    private final int labelColumn; // -1 for none
    private long line = 1;

    CsvExamples(BufferedReader in, @Nullable String label) throws IOException {
        this.in = in;
        String header = in.readLine();
        if (header == null) throw new IllegalArgumentException("a CSV file must begin with a line of column names");
        columns = Arrays.stream(header.split(",", -1)).map(CsvExamples::unquote).toList();
        labelColumn = label == null ? -1 : columns.indexOf(label);
        if (label != null && labelColumn < 0) {
            throw new IllegalArgumentException(
                    "the label must be one of the columns " + String.join(", ", columns) + ". Received: " + label);
        }
    }

    @Override
    public boolean read(Example into) throws IOException {
        String row = nextRow();
        if (row == null) return false;
        int features = columns.size() - (labelColumn < 0 ? 0 : 1);
        if (into.features.length != features) into.features = new float[features];
        into.labelCount = labelColumn < 0 ? 0 : 1;
        int begin = 0;
        int feature = 0;
        for (int column = 0; column < columns.size(); column++) {
            int end = row.indexOf(',', begin);
            boolean last = column == columns.size() - 1;
            if (last != end < 0) throw wrongWidth(row);
            float value = number(row, begin, last ? row.length() : end, column);
            if (column == labelColumn) into.labels[0] = value;
            else into.features[feature++] = value;
            begin = end + 1;
        }
        return true;
    }

    private @Nullable String nextRow() throws IOException {
        String row;
        do {
            row = in.readLine();
            line++;
        } while (row != null && row.isBlank());
        return row;
    }

    private float number(String row, int begin, int end, int column) {
        String cell = unquote(row.substring(begin, end));
        try {
            return Float.parseFloat(cell);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "line " + line + ", column " + columns.get(column) + " must be a number. Received: " + cell, e);
        }
    }

    private IllegalArgumentException wrongWidth(String row) {
        return new IllegalArgumentException(
                "line " + line + " must have " + columns.size() + " columns. Received: " + row.split(",", -1).length);
    }

    private static String unquote(String cell) {
        String text = cell.trim();
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
