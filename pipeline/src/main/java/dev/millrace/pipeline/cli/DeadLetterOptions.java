package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.deadletter.LetterFilter;
import dev.millrace.pipeline.deadletter.LetterReading;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which dead letters a verb is about. A picocli mixin. */
final class DeadLetterOptions {

    @Mixin
    private ConfigurationOptions configuration;

    @Option(
            names = "--reason",
            paramLabel = "CODE",
            description = "Letters of this reason alone, for example UNKNOWN_SCHEMA; may be repeated.")
    private List<String> reasons = new ArrayList<>();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Letters of records that were read from this topic alone; may be repeated.")
    private List<String> topics = new ArrayList<>();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Letters written then or later: 2026-05-31T12:00:00Z, or a duration before now such as 2h.")
    private @Nullable String since;

    @Option(
            names = "--progress",
            paramLabel = "TOPIC",
            description = "Compacted topic that says what has been replayed. Default: <dead-letter topic>.replayed.")
    private @Nullable String progress;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long the brokers may stay silent (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    TrainingConfig config() {
        return configuration.load();
    }

    /** @throws CommandFailedException if the configuration has no dead-letter topic */
    LetterReading reading(TrainingConfig config) {
        String topic = config.deadLetter().topic();
        if (topic == null) {
            throw new CommandFailedException(config.origin()
                    + " has no dead letters: set dead-letter.policy: dead-letter and dead-letter.topic.");
        }
        return progress == null ? LetterReading.of(topic) : new LetterReading(topic, progress);
    }

    LetterFilter filter() {
        return new LetterFilter(new HashSet<>(reasons), new HashSet<>(topics), since == null ? 0 : time(since));
    }

    Duration timeout() {
        if (timeoutSeconds < 1) throw wrong("--timeout must be >= 1. Received: " + timeoutSeconds);
        return Duration.ofSeconds(timeoutSeconds);
    }

    private long time(String text) {
        try {
            return text.contains("T")
                    ? Instant.parse(text).toEpochMilli()
                    : Instant.now().minus(TimeUtils.parseDuration(text)).toEpochMilli();
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw wrong(
                    "--since must be a time such as 2026-05-31T12:00:00Z or a duration such as 2h. Received: " + text);
        }
    }

    ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
