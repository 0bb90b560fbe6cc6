package dev.millrace.pipeline.cli;

import static dev.millrace.pipeline.files.Places.isRemote;
import static dev.millrace.pipeline.files.Places.published;

import dev.millrace.model.client.SnapshotSource;
import dev.millrace.model.client.kafka.LiveSource;
import dev.millrace.model.snapshot.PublishedFiles;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.config.PublishConfig;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.files.FileSystems;
import dev.millrace.pipeline.publish.SnapshotTopics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a model is published: a directory, or where a training configuration publishes. A picocli mixin. */
final class PlaceOptions {

    @Option(
            names = {"-d", "--directory"},
            paramLabel = "DIR",
            description =
                    "Directory with versions/ and current.json: a path, or the URI of an object store that Flink has"
                            + " a file system for.")
    private @Nullable String directory;

    @Mixin
    private ConfigurationOptions configuration;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long the brokers may stay silent (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    /** What a verb makes of each kind of place. */
    interface Places<T> {
        T directory(Path root);

        /** Files that are not on this machine. */
        T store(PublishedFiles files);

        /** @param timeout how long the brokers may stay silent */
        T topics(KafkaConfig kafka, SnapshotTopics topics, String model, Duration timeout);
    }

    /** From {@code --directory}, or the topics of {@code --config}, or its directory, in this order. */
    <T> T open(Places<T> places) {
        if (directory != null) return at(directory, places);
        if (!configuration.hasFile()) {
            throw new CommandFailedException("Where are the snapshots? Say --directory DIR or --config FILE.");
        }
        TrainingConfig config = configuration.load();
        PublishConfig publish = config.publish();
        String parts = publish.snapshotTopic();
        String models = publish.modelTopic();
        if (parts != null && models != null) {
            return places.topics(
                    config.kafka(),
                    new SnapshotTopics(parts, models),
                    ModelSpec.of(config.model()).name(),
                    Duration.ofSeconds(timeoutSeconds));
        }
        String configured = publish.directory();
        if (configured != null) return at(configured, places);
        throw new CommandFailedException(config.origin()
                + " publishes nowhere: set publish.directory, or publish.snapshot-topic and publish.model-topic.");
    }

    /** Live parameters beside the versions, for one follower at a time; null without a configuration that names their topic. */
    @Nullable
    Supplier<SnapshotSource> live() {
        if (!configuration.hasFile()) return null;
        TrainingConfig config = configuration.load();
        String topic = config.publish().liveTopic();
        if (topic == null) return null;
        Properties kafka = config.kafka().source();
        kafka.put(
                "default.api.timeout.ms",
                Long.toString(Duration.ofSeconds(timeoutSeconds).toMillis()));
        String model = ModelSpec.of(config.model()).name();
        return () -> new LiveSource(kafka, topic, model);
    }

    private static <T> T at(String directory, Places<T> places) {
        PublishedFiles files = present(directory);
        return isRemote(directory) ? places.store(files) : places.directory(Path.of(files.place("")));
    }

    /**
     * What is published in a directory.
     *
     * @param directory a path, or a URI
     * @throws CommandFailedException if there is no such directory
     */
    static PublishedFiles present(String directory) {
        try {
            if (isRemote(directory)) FileSystems.initialize();
            PublishedFiles files = published(directory);
            if (files.exists()) return files;
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailedException("Cannot read " + directory + ": " + e.getMessage(), e);
        }
        throw new CommandFailedException("There is no directory " + directory + ".");
    }
}
