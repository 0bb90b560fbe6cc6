package dev.millrace.pipeline.cli;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.pipeline.dataset.DataFile;
import dev.millrace.pipeline.dataset.DataOptions;
import dev.millrace.pipeline.dataset.Examples;
import dev.millrace.pipeline.dataset.MappedExamples;
import dev.millrace.pipeline.dataset.RecordFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace predict}: a published version on a file of examples. */
@Command(
        name = "predict",
        header = "Predict a file of examples with a published version, and score it if they have labels.",
        description = {
            "Reads CSV (a line of column names, then numbers), JSON lines ({\"features\": [..], \"label\": ..}) and IDX"
                    + " images (pixels become 0..1), plain or gzipped; of a model with a features section also Avro records,"
                    + " in object container files (.avro) or JSON lines with --schema, mapped as in training. With labels it prints loss and what goes with the kind"
                    + " of model: accuracy, averages over classes, calibration and each class by its name, or the errors of a regression."
        },
        footer = {
            "Examples:",
            "  millrace predict --directory snapshots/mnist t10k-images-idx3-ubyte.gz",
            "  millrace predict --config training.yaml --label class --output predictions.csv test.csv",
            "  millrace predict --directory snapshots/bids --id auction --output won.csv bids.csv",
        })
final class PredictCommand implements Callable<Integer> {

    @Mixin
    private SnapshotOptions snapshots;

    @Parameters(paramLabel = "DATA", description = "File of examples.")
    private Path data;

    @Mixin
    private DataOptions options;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write every prediction to this CSV file.")
    private @Nullable Path output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = command.commandLine().getOut();
        try {
            RecordFile records = options.records(data);
            if (records != null) predictRecords(records, out);
            else predictFile(options.file(data), out);
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(data + ": " + e.getMessage(), e);
        }
        out.flush();
        return ExitCode.OK;
    }

    private void predictFile(DataFile file, PrintWriter out) throws IOException {
        try (Examples examples = file.open()) {
            predict(snapshots.load(), examples, file.rules().classes(), false, out);
        }
    }

    private void predictRecords(RecordFile file, PrintWriter out) throws IOException {
        Snapshot snapshot = snapshots.load();
        FeatureMapping mapping = snapshot.manifest().featureMapping();
        if (mapping == null) {
            throw new IllegalArgumentException("Avro records need a model with a features section. Received: model "
                    + snapshot.manifest().model() + " version "
                    + snapshot.manifest().version() + ", which has none");
        }
        try (Examples examples = MappedExamples.of(file.open(), mapping)) {
            predict(snapshot, examples, mapping.spec().classes(), true, out);
        }
    }

    private void predict(
            Snapshot snapshot, Examples examples, List<String> classes, boolean binaryWords, PrintWriter out)
            throws IOException {
        try (PredictionFile predictions =
                        PredictionFile.to(output, snapshot.manifest().modelSpec(), classes, binaryWords);
                Prediction prediction = new Prediction(snapshot, predictions)) {
            prediction.run(examples);
            out.printf(
                    "%s version %d: %,d examples%n",
                    snapshot.manifest().model(), snapshot.manifest().version(), prediction.rows());
            Outcomes outcomes = prediction.outcomes();
            if (outcomes == null) {
                if (output == null) out.println("They have no labels: say --label or --labels, or --output FILE.");
            } else {
                ScoreText.of(outcomes, classes.isEmpty() ? classesOf(snapshot) : classes)
                        .forEach(out::println);
            }
        }
    }

    /** The words of the model's own records. */
    private static List<String> classesOf(Snapshot snapshot) {
        FeatureMapping mapping = snapshot.manifest().featureMapping();
        return mapping == null ? List.of() : mapping.spec().classes();
    }
}
