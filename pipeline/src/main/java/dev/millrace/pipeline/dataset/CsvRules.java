package dev.millrace.pipeline.dataset;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a CSV file is read.
 *
 * @param delimiter between two cells
 * @param label name of the label's column; null for a file without labels
 * @param classes words that stand for the labels 0, 1, ...; empty if labels are numbers. JSON lines use them, too
 * @param features names of the columns that are features, in the model's order; empty for all that are nothing else
 * @param ignored names of columns that are nothing
 * @param id name of the column that identifies a sample; null for none
 * @param eventTime name of the column that says when it happened; null for none
 * @param weight name of the column that says how much it counts; null for none
 * @param empty stands for an empty cell of a feature; null if there must be none
 */
public record CsvRules(
        char delimiter,
        @Nullable String label,
        List<String> classes,
        List<String> features,
        List<String> ignored,
        @Nullable String id,
        @Nullable String eventTime,
        @Nullable String weight,
        @Nullable Float empty) {

    public CsvRules {
        classes = List.copyOf(classes);
        features = List.copyOf(features);
        ignored = List.copyOf(ignored);
        if (delimiter == '"' || delimiter == '\n' || delimiter == '\r') {
            throw new IllegalArgumentException(
                    "--delimiter must be neither a quote nor an end of line. Received: character " + (int) delimiter);
        }
        if (!features.isEmpty() && !ignored.isEmpty()) {
            throw new IllegalArgumentException("--features and --ignore must not both be given: --features names all"
                    + " that are read. Received: " + features + " and " + ignored);
        }
        if (empty != null && !Float.isFinite(empty)) {
            throw new IllegalArgumentException("--empty must be a finite number. Received: " + empty);
        }
    }

    /** Numbers between commas, every column a feature but the label's. */
    public static CsvRules labeled(@Nullable String label) {
        return new CsvRules(',', label, List.of(), List.of(), List.of(), null, null, null, null);
    }
}
