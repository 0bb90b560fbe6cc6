package dev.millrace.pipeline.dataset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a verb is told to read a file of examples. A picocli mixin. */
public final class DataOptions {

    @Option(names = "--label", paramLabel = "COLUMN", description = "CSV: name of the label's column.")
    private @Nullable String label;

    @Option(
            names = "--classes",
            split = ",",
            paramLabel = "WORD",
            description = "CSV, JSON lines: words that stand for the labels 0, 1, ... in this order.")
    private List<String> classes = new ArrayList<>();

    @Option(
            names = "--features",
            split = ",",
            paramLabel = "COLUMN",
            description = "CSV: the columns that are features, in the model's order. Default: all the others.")
    private List<String> features = new ArrayList<>();

    @Option(
            names = "--ignore",
            split = ",",
            paramLabel = "COLUMN",
            description = "CSV: columns that are no features; all the others are.")
    private List<String> ignored = new ArrayList<>();

    @Option(names = "--id", paramLabel = "COLUMN", description = "CSV: column that identifies a sample.")
    private @Nullable String id;

    @Option(
            names = "--event-time",
            paramLabel = "COLUMN",
            description = "CSV: column that says when it happened, epoch milliseconds or ISO-8601. Default: now.")
    private @Nullable String eventTime;

    @Option(names = "--weight", paramLabel = "COLUMN", description = "CSV: column with a sample's weight. Default: 1.")
    private @Nullable String weight;

    @Option(
            names = "--delimiter",
            paramLabel = "CHAR",
            description = "CSV: what separates cells; tab for a tab. Default: a comma, in .tsv a tab.")
    private @Nullable String delimiter;

    @Option(
            names = "--empty",
            paramLabel = "NUMBER",
            description = "CSV: stands for empty cells of features. Default: they are errors.")
    private @Nullable Float empty;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "IDX: the file of labels. Default: the one beside the images, if there is one.")
    private @Nullable Path labels;

    @Option(
            names = "--schema",
            paramLabel = "FILE",
            description = "JSON lines: Avro schema that the lines are records of, for a model with a features section.")
    private @Nullable Path schema;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /**
     * The file if it has Avro records; null if it has examples.
     *
     * @throws ParameterException naming the option that is wrong, or not for such a file
     */
    public @Nullable RecordFile records(Path path) {
        boolean container = RecordFile.isContainer(path);
        if (schema == null && !container) return null;
        try {
            refuseForOthers(path);
            refuse("--classes", !classes.isEmpty(), path);
            refuse("--schema", schema != null && !DataFile.isJsonLines(path), path);
            return new RecordFile(path, schema == null ? null : RecordFile.readSchema(schema));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    /** @throws ParameterException naming the option that is wrong, or not for such a file */
    public DataFile file(Path path) {
        try {
            if (!DataFile.isCsv(path)) refuseForOthers(path);
            return new DataFile(
                    path,
                    new CsvRules(delimiter(path), label, classes, features, ignored, id, eventTime, weight, empty),
                    labels);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    private char delimiter(Path path) {
        if (delimiter == null) return DataFile.kind(path).endsWith(".tsv") ? '\t' : ',';
        if (delimiter.equals("tab") || delimiter.equals("\\t")) return '\t';
        if (delimiter.length() != 1) {
            throw new IllegalArgumentException("--delimiter must be one character, or tab. Received: " + delimiter);
        }
        return delimiter.charAt(0);
    }

    private void refuseForOthers(Path path) {
        Map<String, Boolean> given = new LinkedHashMap<>();
        given.put("--classes", !classes.isEmpty() && DataFile.kind(path).contains("idx3"));
        given.put("--label", label != null);
        given.put("--features", !features.isEmpty());
        given.put("--ignore", !ignored.isEmpty());
        given.put("--id", id != null);
        given.put("--event-time", eventTime != null);
        given.put("--weight", weight != null);
        given.put("--delimiter", delimiter != null);
        given.put("--empty", empty != null);
        given.forEach((option, isGiven) -> refuse(option, isGiven, path));
    }

    private static void refuse(String option, boolean given, Path path) {
        if (given) throw new IllegalArgumentException(option + " is not for such a file. Received: " + path);
    }
}
