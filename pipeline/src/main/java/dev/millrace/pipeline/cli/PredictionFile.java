package dev.millrace.pipeline.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Predictions as CSV: the id where examples have one, the likeliest class where there are classes, every output. */
final class PredictionFile implements Closeable {
    private final CsvWriter csv;
    private final int outputs;
    private final boolean categorical;
    private final List<String> classes;
    private boolean begun;
    private boolean withIds;

    private PredictionFile(CsvWriter csv, ModelSpec spec, List<String> classes) {
        this.csv = csv;
        this.outputs = spec.outputs();
        this.categorical = spec.loss() == Loss.CATEGORICAL_CROSSENTROPY;
        this.classes = classes;
    }

    /**
     * Opens the file.
     *
     * @param file null for none
     * @param classes words for the labels 0, 1, ...; a class without a word is a number
     */
    static @Nullable PredictionFile to(@Nullable Path file, ModelSpec spec, List<String> classes) throws IOException {
        return file == null ? null : new PredictionFile(writer(file), spec, classes);
    }

    private static CsvWriter writer(Path file) throws IOException {
        return CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(file);
    }

    /**
     * Writes some predictions.
     *
     * @param predictions [rows, outputs]
     * @param ids [at least rows]; all null where examples have none
     */
    void write(float[] predictions, @Nullable String[] ids, int rows) throws IOException {
        try {
            if (!begun) writeNames(ids[0] != null);
            for (int row = 0; row < rows; row++) writeRow(predictions, row, ids[row]);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void writeNames(boolean ids) {
        begun = true;
        withIds = ids;
        CsvWriter.CsvWriterRecord line = csv.writeRecord();
        if (withIds) line.writeField("id");
        if (categorical) line.writeField("class");
        for (int k = 0; k < outputs; k++) line.writeField("output_" + k);
        line.endRecord();
    }

    private void writeRow(float[] predictions, int row, @Nullable String id) {
        CsvWriter.CsvWriterRecord line = csv.writeRecord();
        if (withIds) line.writeField(id == null ? "" : id);
        if (categorical) line.writeField(word(largest(predictions, row)));
        for (int k = 0; k < outputs; k++) line.writeField(Float.toString(predictions[row * outputs + k]));
        line.endRecord();
    }

    private String word(int label) {
        return label < classes.size() ? classes.get(label) : Integer.toString(label);
    }

    private int largest(float[] predictions, int row) {
        int best = 0;
        for (int k = 1; k < outputs; k++) {
            if (predictions[row * outputs + k] > predictions[row * outputs + best]) best = k;
        }
        return best;
    }

    @Override
    public void close() throws IOException {
        csv.close();
    }
}
