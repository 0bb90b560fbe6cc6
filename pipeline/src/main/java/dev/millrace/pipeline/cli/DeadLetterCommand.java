package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.deadletter.DeadLetterException;
import dev.millrace.pipeline.deadletter.LetterFiles;
import dev.millrace.pipeline.deadletter.LetterList;
import dev.millrace.pipeline.deadletter.LetterReading;
import dev.millrace.pipeline.deadletter.Replay;
import dev.millrace.pipeline.deadletter.ReplaySettings;
import dev.millrace.pipeline.deadletter.Tally;
import dev.millrace.pipeline.produce.RateLimit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace deadletter}: records that could not become samples. */
@Command(
        name = "deadletter",
        header = "See what could not become a sample and why; send it again once the cause is gone.",
        description = "Reads the dead-letter topic of the configuration. See deploy/DEAD-LETTERS.md.",
        footer = {
            "Examples:",
            "  millrace deadletter list --config training.yaml --since 2h",
            "  millrace deadletter list --config training.yaml --reason UNKNOWN_SCHEMA --limit 3 --output letters",
            "  millrace deadletter replay --config training.yaml --reason UNKNOWN_SCHEMA --dry-run",
            "  millrace deadletter replay --config training.yaml --reason UNKNOWN_SCHEMA",
        })
final class DeadLetterCommand {

    @Spec
    private CommandSpec command;

    @Command(
            name = "list",
            header = "Count letters by reason, topic and partition, and show the newest.",
            description = "Changes nothing.",
            footer = {"Examples:", "  millrace deadletter list --config training.yaml --since 2h"})
    int list(
            @Mixin DeadLetterOptions options,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "10",
                            description = "How many of the newest letters to show (default: ${DEFAULT-VALUE}).")
                    int limit,
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "DIR",
                            description = "Write the records of the letters shown to files: key, value, and JSON with"
                                    + " the headers and what the letter says.")
                    @Nullable
                    Path output)
            throws IOException {
        if (limit < 0) throw options.wrong("--limit must be >= 0. Received: " + limit);
        TrainingConfig config = options.config();
        LetterReading reading = options.reading(config);
        try {
            LetterList list = LetterList.of(config.kafka(), reading, options.filter(), limit, options.timeout());
            new LetterText(out()).list(reading.topic(), list);
            if (output != null) write(list, new LetterFiles(output));
        } catch (DeadLetterException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
        out().flush();
        return ExitCode.OK;
    }

    private void write(LetterList list, LetterFiles files) throws IOException {
        for (LetterList.Shown shown : list.newest()) files.write(shown.letter());
        out().printf("%d record(s) are in %s%n", list.newest().size(), files.directory());
    }

    @Command(
            name = "replay",
            header = "Send the records of letters back to where they came from.",
            description = {
                "Key, value and headers as they were, and a header millrace.replayed behind them. Each letter's"
                        + " record is sent exactly once: a second replay of the same letters sends nothing, and one that"
                        + " was killed is gone on with.",
                "Not sent: records that were replayed and refused again (--again sends them), and those whose value was"
                        + " cut at dead-letter.max-value-bytes, or whose key and headers were too large for a letter."
            },
            footer = {
                "Examples:",
                "  millrace deadletter replay --config training.yaml --reason UNKNOWN_SCHEMA --dry-run",
                "  millrace deadletter replay --config training.yaml --since 2026-05-31T12:00:00Z --rate 1000",
                "  millrace deadletter replay --config training.yaml --topic clicks --to clicks-repaired",
            })
    int replay(
            @Mixin DeadLetterOptions options,
            @Option(
                            names = "--to",
                            paramLabel = "TOPIC",
                            description = "Send to this topic instead; the key chooses the partition.")
                    @Nullable
                    String to,
            @Option(names = "--again", description = "Also send records that were refused again after a replay.")
                    boolean again,
            @Option(names = "--limit", paramLabel = "N", description = "Most records to send. Default: all.") @Nullable
                    Long limit,
            @Option(
                            names = "--rate",
                            paramLabel = "N",
                            defaultValue = "0",
                            description = "Records per second; 0 for as fast as it goes (default: ${DEFAULT-VALUE}).")
                    double rate,
            @Option(
                            names = "--own-timestamps",
                            description = "Give the records their own time stamps, not the time of now. A topic's"
                                    + " retention may delete at once what is older than it.")
                    boolean ownTimes,
            @Option(names = "--dry-run", description = "Say what would be sent, and change nothing.") boolean dryRun) {
        if (limit != null && limit < 0) throw options.wrong("--limit must be >= 0. Received: " + limit);
        if (!(rate >= 0)) throw options.wrong("--rate must be >= 0. Received: " + rate);
        TrainingConfig config = options.config();
        LetterReading reading = options.reading(config);
        RateLimit pace = new RateLimit(rate, System::nanoTime);
        ReplaySettings settings = new ReplaySettings(
                to, again, limit == null ? Long.MAX_VALUE : limit, perTransaction(rate), ownTimes, pace::await);
        Replay replay = new Replay(config.kafka(), reading, settings, options.timeout());
        LetterText text = new LetterText(out());
        try {
            Tally tally = dryRun ? replay.rehearse(options.filter()) : replay.run(options.filter(), text::sentSoFar);
            text.replayed(tally, dryRun);
        } catch (DeadLetterException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
        out().flush();
        return ExitCode.OK;
    }

    /** No more than a second's records, so that a slow replay keeps no reader of the topic waiting. */
    private static int perTransaction(double rate) {
        return rate == 0
                ? ReplaySettings.PER_TRANSACTION
                : (int) Math.max(1, Math.min(rate, ReplaySettings.PER_TRANSACTION));
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }
}
