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
    private final boolean withClass;
    private final boolean binary;
    private final List<String> classes;
    private boolean begun;
    private boolean withIds;

    private PredictionFile(CsvWriter csv, ModelSpec spec, List<String> classes, boolean binaryWords) {
        this.csv = csv;
        this.outputs = spec.outputs();
        this.binary = binaryWords && spec.loss() == Loss.BINARY_CROSSENTROPY && outputs == 1 && classes.size() == 2;
        this.withClass = binary || spec.loss() == Loss.CATEGORICAL_CROSSENTROPY;
        this.classes = classes;
    }

    /**
     * Opens the file.
     *
     * @param file null for none
     * @param classes words for the labels 0, 1, ...; a class without a word is a number
     * @param binaryWords whether the one output of a binary model is also said in words: the second above 0.5
     */
    static @Nullable PredictionFile to(@Nullable Path file, ModelSpec spec, List<String> classes, boolean binaryWords)
            throws IOException {
        return file == null ? null : new PredictionFile(writer(file), spec, classes, binaryWords);
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
        if (withClass) line.writeField("class");
        for (int k = 0; k < outputs; k++) line.writeField("output_" + k);
        line.endRecord();
    }

    private void writeRow(float[] predictions, int row, @Nullable String id) {
        CsvWriter.CsvWriterRecord line = csv.writeRecord();
        if (withIds) line.writeField(id == null ? "" : id);
        if (withClass) line.writeField(word(likeliest(predictions, row)));
        for (int k = 0; k < outputs; k++) line.writeField(Float.toString(predictions[row * outputs + k]));
        line.endRecord();
    }

    private String word(int label) {
        return label < classes.size() ? classes.get(label) : Integer.toString(label);
    }

    private int likeliest(float[] predictions, int row) {
        if (binary) return predictions[row] > 0.5f ? 1 : 0;
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
