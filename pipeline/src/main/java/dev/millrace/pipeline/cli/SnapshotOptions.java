package dev.millrace.pipeline.cli;

import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.PublishConfig;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.publish.SnapshotTopics;
import dev.millrace.pipeline.snapshots.DirectorySnapshots;
import dev.millrace.pipeline.snapshots.PublishedSnapshots;
import dev.millrace.pipeline.snapshots.TopicSnapshots;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which snapshot a verb is about: in a directory, or where a training configuration publishes. A picocli mixin. */
final class SnapshotOptions {

    @Option(
            names = {"-d", "--directory"},
            paramLabel = "DIR",
            description = "Directory with versions/ and current.json.")
    private @Nullable Path directory;

    @Mixin
    private ConfigurationOptions configuration;

    @Option(names = "--version-number", paramLabel = "N", description = "Which version; the newest unless given.")
    private @Nullable Long version;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long the brokers may stay silent (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    /** Whether one version was asked for. */
    boolean namesVersion() {
        return version != null;
    }

    /** From {@code --directory}, or the topics of {@code --config}, or its directory, in this order. */
    PublishedSnapshots open() {
        if (directory != null) return files(directory);
        if (!configuration.hasFile()) {
            throw new CommandFailedException("Where are the snapshots? Say --directory DIR or --config FILE.");
        }
        TrainingConfig config = configuration.load();
        PublishConfig publish = config.publish();
        String parts = publish.snapshotTopic();
        String models = publish.modelTopic();
        if (parts != null && models != null) {
            return new TopicSnapshots(
                    config.kafka(),
                    new SnapshotTopics(parts, models),
                    ModelSpec.of(config.model()).name(),
                    Duration.ofSeconds(timeoutSeconds));
        }
        String configured = publish.directory();
        if (configured != null) return files(Path.of(configured));
        throw new CommandFailedException(config.origin()
                + " publishes nowhere: set publish.directory, or publish.snapshot-topic and publish.model-topic.");
    }

    private static PublishedSnapshots files(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new CommandFailedException("There is no directory " + directory + ".");
        }
        return new DirectorySnapshots(directory);
    }

    /** The version asked for, or the newest. */
    Snapshot load() {
        return version == null ? newest(open()) : open().load(version);
    }

    /**
     * A snapshot by name.
     *
     * @param name a version, {@code newest}, or a directory with versions, which stands for its newest
     * @throws CommandFailedException if there is none of that name, or it is damaged
     */
    Snapshot load(String name) {
        try {
            if (name.equals("newest")) return newest(open());
            if (name.matches("\\d{1,18}")) return open().load(Long.parseLong(name));
            return newest(files(Path.of(name)));
        } catch (SnapshotException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Snapshot newest(PublishedSnapshots snapshots) {
        List<SnapshotManifest> manifests = snapshots.list();
        if (manifests.isEmpty()) {
            throw new CommandFailedException("There is no published version in " + snapshots.place() + " yet.");
        }
        return snapshots.load(manifests.get(manifests.size() - 1).version());
    }
}
