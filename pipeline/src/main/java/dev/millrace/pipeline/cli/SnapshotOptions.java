package dev.millrace.pipeline.cli;

import dev.millrace.model.client.SnapshotSource;
import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.client.VersionTarget;
import dev.millrace.model.snapshot.PublishedFiles;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.publish.SnapshotTopics;
import dev.millrace.pipeline.snapshots.DirectorySnapshots;
import dev.millrace.pipeline.snapshots.PublishedSnapshots;
import dev.millrace.pipeline.snapshots.TopicSnapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which snapshot a verb is about. A picocli mixin. */
final class SnapshotOptions {

    @Mixin
    private PlaceOptions place;

    @Option(names = "--version-number", paramLabel = "N", description = "Which version; the newest unless given.")
    private @Nullable String version;

    /** Whether one version was asked for. */
    boolean namesVersion() {
        return version != null;
    }

    /** What is published there. */
    PublishedSnapshots open() {
        return place.open(new PlaceOptions.Places<>() {
            @Override
            public PublishedSnapshots directory(Path root) {
                return store(PublishedFiles.of(root));
            }

            @Override
            public PublishedSnapshots store(PublishedFiles files) {
                return new DirectorySnapshots(files);
            }

            @Override
            public PublishedSnapshots topics(KafkaConfig kafka, SnapshotTopics topics, String model, Duration timeout) {
                return new TopicSnapshots(kafka, topics, model, timeout);
            }
        });
    }

    /** The version asked for, or the newest. */
    Snapshot load() {
        return version == null ? newest(open()) : open().load(number(version));
    }

    private static long number(String version) {
        if (version.matches("\\d{1,18}")) return Long.parseLong(version);
        if (version.equals(VersionChoice.LIVE.word())) throw live();
        throw new CommandFailedException("--version-number must be a number >= 0. Received: " + version);
    }

    private static CommandFailedException live() {
        return new CommandFailedException(
                "Live parameters are no version: no checkpoint covers them and they do not stay."
                        + " They are followed: millrace serve --follow live, or LiveSource.");
    }

    /** The live parameters of now; null where there are none. */
    @Nullable
    SnapshotManifest liveNow() throws IOException {
        Supplier<SnapshotSource> live = place.live();
        if (live == null) return null;
        try (SnapshotSource source = live.get()) {
            VersionTarget now = source.find(VersionChoice.LIVE);
            return now == null ? null : now.manifest();
        }
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
            if (name.equals(VersionChoice.LIVE.word())) throw live();
            if (name.matches("\\d{1,18}")) return open().load(Long.parseLong(name));
            return newest(new DirectorySnapshots(PlaceOptions.present(name)));
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
