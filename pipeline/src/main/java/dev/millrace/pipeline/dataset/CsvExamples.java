package dev.millrace.pipeline.dataset;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A line of column names, then one example per row, as RFC 4180 has it. */
final class CsvExamples implements Examples {
    private static final int MAX_CELL = 1 << 20; // characters; a quote that is never closed ends here

    private final CsvHandler handler;
    private final CloseableIterator<CsvHandler> rows;

    /**
     * Reads the first line.
     *
     * @throws IllegalArgumentException naming the option that does not fit it
     */
    CsvExamples(InputStream in, CsvRules rules) throws IOException {
        handler = new CsvHandler(rules);
        rows = CsvReader.builder()
                .fieldSeparator(rules.delimiter())
                .detectBomHeader(true)
                .allowUnclosedQuote(false)
                .maxBufferSize(MAX_CELL)
                .build(handler, in)
                .iterator();
        if (!next()) throw new IllegalArgumentException("a CSV file must begin with a line of column names");
    }

    @Override
    public boolean read(Example into) throws IOException {
        handler.into(into);
        return next();
    }

    private boolean next() throws IOException {
        try {
            if (!rows.hasNext()) return false;
            rows.next();
            return true;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (CsvParseException e) {
            if (e.getCause() instanceof IllegalArgumentException ours) throw ours;
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
