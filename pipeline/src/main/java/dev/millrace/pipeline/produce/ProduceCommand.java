package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.cli.CommandFailedException;
import dev.millrace.pipeline.dataset.DataFile;
import dev.millrace.pipeline.dataset.DataOptions;
import dev.millrace.pipeline.dataset.RecordFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
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
            "  millrace produce impressions --limit 1000000 --topic impressions --bootstrap-servers HOST:9092",
            "  millrace produce clicks --rate 5000 --topic clicks --bootstrap-servers HOST:9092",
        })
public final class ProduceCommand {

    @Spec
    private CommandSpec spec;

    /** A data file. */
    @Command(
            name = "file",
            header = "Samples of a CSV, JSON lines or IDX file, also with .gz, or records of an Avro file.",
            description = {
                "CSV: a line of column names, then numbers; --label names the label's column, --features or --ignore say"
                        + " which others are features.",
                "JSON lines: {\"features\": [...], \"label\": ...}, also with id, eventTime and weight.",
                "IDX: an images-idx3 file with its labels-idx1 file beside it; pixels become 0..1.",
                "Avro records, for a model with a features section: .avro, an object container file, or JSON lines with"
                        + " --schema; they are sent as they are."
            },
            footer = {
                "Examples:",
                "  millrace produce file bids.csv --label outcome --classes LOST,WON \\",
                "      --ignore note --id auction --event-time at --delimiter ';' \\",
                "      --empty 0 --topic bids --bootstrap-servers HOST:9092",
                "  millrace produce file mails.jsonl --schema mail.avsc --topic mails --bootstrap-servers HOST:9092",
            })
    int file(
            @Parameters(paramLabel = "FILE", description = "Data file; its name says what it is.") Path file,
            @Mixin DataOptions data,
            @Option(names = "--epochs", defaultValue = "1", description = "How often the file is sent. Default: 1.")
                    int epochs,
            @Mixin TopicOptions topic)
            throws IOException {
        RecordFile records = data.records(file);
        PrintWriter out = spec.commandLine().getOut();
        try {
            if (records != null) sendRecords(records, epochs, topic, out);
            else sendSamples(data.file(file), epochs, topic, out);
        } catch (IllegalArgumentException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
        return 0;
    }

    private static void sendRecords(RecordFile file, int epochs, TopicOptions topic, PrintWriter out)
            throws IOException {
        try (FileRecords records = new FileRecords(file, epochs)) {
            topic.send(records, out);
        }
    }

    private static void sendSamples(DataFile file, int epochs, TopicOptions topic, PrintWriter out) throws IOException {
        try (FileSamples samples = new FileSamples(file, epochs)) {
            topic.send(samples, out);
        }
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
            topic.send(clicks, spec.commandLine().getOut());
        }
        return 0;
    }

    /** The generator of records with a schema of their own. */
    @Command(
            name = "impressions",
            header = "Generated advertisements, clicked or not: Avro records of 13 counts and 26 categories.",
            description = "Their schema is deploy/examples/impression.avsc; click-through.yaml trains on them.")
    int impressions(
            @Option(names = "--seed", defaultValue = "1", description = "The same seed gives the same stream.")
                    long seed,
            @Mixin TopicOptions topic) {
        topic.send(
                (wire, schemaId) -> new ImpressionStream(seed, wire, schemaId),
                spec.commandLine().getOut());
        return 0;
    }
}
