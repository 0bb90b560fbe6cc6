package dev.millrace.pipeline.advise;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.dataset.DataFile;
import dev.millrace.pipeline.dataset.Example;
import dev.millrace.pipeline.dataset.Examples;
import java.io.IOException;

/** The last samples of a data file. */
public final class SamplesOfFile {
    private SamplesOfFile() {}

    /**
     * Reads the whole file and keeps the last samples.
     *
     * @throws IllegalArgumentException naming the file, the row that does not fit the model, and what was received
     */
    public static RecentSamples read(DataFile file, ModelSpec spec, int limit) throws IOException {
        String name = String.valueOf(file.path().getFileName());
        NewestRows rows = new NewestRows(spec, limit);
        try (Examples examples = file.open()) {
            Example example = new Example();
            while (examples.read(example)) {
                check(example, spec, rows.added() + 1);
                rows.add(example.features, example.labels, example.weight);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file.path() + ": " + e.getMessage(), e);
        }
        return new RecentSamples(name, rows.inOrder(), rows.added(), 0, "");
    }

    private static void check(Example example, ModelSpec spec, long row) {
        if (example.features.length != spec.inputs()) {
            throw new IllegalArgumentException("row " + row + " must have the model's " + spec.inputs()
                    + " features. Received: " + example.features.length);
        }
        if (example.labelCount == 0) {
            throw new IllegalArgumentException(
                    "row " + row + " must have a label. Received: none; say --label COLUMN, or --labels FILE");
        }
        if (example.labelCount != spec.labelWidth()) {
            throw new IllegalArgumentException(
                    "row " + row + " must have " + spec.labelWidth() + " labels. Received: " + example.labelCount);
        }
        String error = spec.loss().labelError(example.labels, spec.outputs());
        if (error != null) throw new IllegalArgumentException("row " + row + ": " + error);
    }
}
