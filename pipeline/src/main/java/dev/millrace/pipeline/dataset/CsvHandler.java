package dev.millrace.pipeline.dataset;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.RecordType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes cells as the CSV reader finds them, without an object for each: first names, then examples. */
final class CsvHandler extends AbstractBaseCsvCallbackHandler<CsvHandler> {
    private final CsvRules rules;
    private final List<String> names = new ArrayList<>();
    private @Nullable CsvCells cells; // null until the first line was read
    private Example into = new Example();

    CsvHandler(CsvRules rules) {
        this.rules = rules;
    }

    /** @param example takes the next row */
    void into(Example example) {
        this.into = example;
    }

    @Override
    protected void handleBegin(long line) {
        if (cells != null) cells.begin(line, into);
    }

    @Override
    protected void handleField(int column, char[] text, int offset, int length, boolean quoted) {
        int begin = offset;
        int end = offset + length;
        while (begin < end && text[begin] <= ' ') begin++;
        while (begin < end && text[end - 1] <= ' ') end--;
        if (cells == null) names.add(new String(text, begin, end - begin));
        else cells.take(column, text, begin, end);
    }

    /** Null for a row that is no example. */
    @Override
    protected @Nullable CsvHandler buildRecord() {
        if (getRecordType() == RecordType.EMPTY) return null;
        if (cells == null) cells = new CsvCells(new CsvColumns(names, rules), rules);
        else if (!cells.endRow(getFieldCount())) return null;
        return this;
    }

    @Override
    protected void terminate() {
        if (cells != null) cells.endFile();
    }
}
