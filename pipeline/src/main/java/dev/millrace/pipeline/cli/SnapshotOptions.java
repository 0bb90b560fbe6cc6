package dev.millrace.pipeline.cli;

import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.publish.SnapshotTopics;
import dev.millrace.pipeline.snapshots.DirectorySnapshots;
import dev.millrace.pipeline.snapshots.PublishedSnapshots;
import dev.millrace.pipeline.snapshots.TopicSnapshots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which snapshot a verb is about. A picocli mixin. */
final class SnapshotOptions {

    @Mixin
    private PlaceOptions place;

    @Option(names = "--version-number", paramLabel = "N", description = "Which version; the newest unless given.")
    private @Nullable Long version;

    /** Whether one version was asked for. */
    boolean namesVersion() {
        return version != null;
    }

    /** What is published there. */
    PublishedSnapshots open() {
        return place.open(new PlaceOptions.Places<>() {
            @Override
            public PublishedSnapshots directory(Path root) {
                return new DirectorySnapshots(root);
            }

            @Override
            public PublishedSnapshots topics(KafkaConfig kafka, SnapshotTopics topics, String model, Duration timeout) {
                return new TopicSnapshots(kafka, topics, model, timeout);
            }
        });
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
            return newest(new DirectorySnapshots(PlaceOptions.present(Path.of(name))));
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
