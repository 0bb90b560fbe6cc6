package dev.millrace.pipeline.serve;

import dev.millrace.model.client.SnapshotSource;
import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.client.VersionTarget;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.publish.SnapshotTopicReader;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Versions on Kafka, for one follower: the newest by the compacted topic of models, a numbered one by its manifest. */
final class TopicSource implements SnapshotSource {
    private final SnapshotTopicReader reader;
    private final String model;
    private final String place;

    /** @param reader closed with the source */
    TopicSource(SnapshotTopicReader reader, String model, String place) {
        this.reader = reader;
        this.model = model;
        this.place = place;
    }

    @Override
    public @Nullable VersionTarget find(VersionChoice choice) throws IOException {
        if (choice.isAlias()) return null; // the topics have none
        Long pinned = choice.pinned();
        Optional<SnapshotManifest> manifest = asking(() -> pinned == null
                ? reader.newest(model)
                : reader.versions(model).stream()
                        .filter(known -> known.version() == pinned)
                        .findFirst());
        return manifest.map(found -> new VersionTarget(found, 0)).orElse(null);
    }

    @Override
    public Snapshot load(SnapshotManifest manifest) throws IOException {
        return asking(() -> reader.load(manifest));
    }

    private <T> T asking(Supplier<T> question) throws IOException {
        try {
            return question.get();
        } catch (KafkaException e) {
            throw new IOException(place + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public void close() {
        reader.close();
    }
}
