package dev.millrace.pipeline.produce;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace produce}: files and generators to a sample topic. */
@Command(
        name = "produce",
        header = "Send labeled samples from a file or a generator to a topic.",
        description = "The topic is made if it is missing. Every sample that is counted has been acknowledged.",
        footer = {
            "Examples:",
            "  millrace produce file electricity.csv.gz --label class --topic electricity --bootstrap-servers HOST:9092",
            "  millrace produce file train-images-idx3-ubyte.gz --topic mnist --bootstrap-servers HOST:9092",
            "  millrace produce clicks --rate 5000 --topic clicks --bootstrap-servers HOST:9092",
        })
public final class ProduceCommand {

    @Spec
    private CommandSpec spec;

    /** A data file. */
    @Command(
            name = "file",
            header = "Samples of a CSV, JSON lines or IDX file, also with .gz.",
            description = {
                "CSV: a header line, numbers; --label names the label's column, all others are features.",
                "JSON lines: {\"features\": [...], \"label\": ...}.",
                "IDX: an images-idx3 file with its labels-idx1 file beside it; pixels become 0..1."
            })
    int file(
            @Parameters(paramLabel = "FILE", description = "Data file; its name says what it is.") Path file,
            @Option(names = "--label", paramLabel = "COLUMN", description = "CSV: name of the label's column.")
                    @Nullable
                    String label,
            @Option(
                            names = "--labels",
                            paramLabel = "FILE",
                            description = "IDX: file of labels, if not beside the images.")
                    @Nullable
                    Path labels,
            @Option(names = "--epochs", defaultValue = "1", description = "How often the file is sent. Default: 1.")
                    int epochs,
            @Mixin TopicOptions topic)
            throws IOException {
        try (FileSamples samples = new FileSamples(file, label, labels, epochs)) {
            topic.send(samples, Long.MAX_VALUE, spec.commandLine().getOut());
        }
        return 0;
    }

    /** The generator. */
    @Command(
            name = "clicks",
            header = "Generated clicks of users whose taste drifts: 32 features, label 0 or 1.",
            description = "A hidden teacher decides each label with some chance; it is drawn anew at every drift.")
    int clicks(
            @Option(names = "--seed", defaultValue = "1", description = "The same seed gives the same stream.")
                    long seed,
            @Option(
                            names = "--drift-every",
                            defaultValue = "1000000",
                            paramLabel = "SAMPLES",
                            description = "Samples between drifts; 0 for none. Default: ${DEFAULT-VALUE}.")
                    long driftEvery,
            @Mixin TopicOptions topic)
            throws IOException {
        try (ClickStream clicks = new ClickStream(seed, driftEvery)) {
            topic.send(clicks, Long.MAX_VALUE, spec.commandLine().getOut());
        }
        return 0;
    }
}
