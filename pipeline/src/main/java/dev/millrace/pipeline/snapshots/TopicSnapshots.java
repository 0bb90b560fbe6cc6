package dev.millrace.pipeline.snapshots;

import dev.millrace.model.client.SnapshotSource;
import dev.millrace.model.client.kafka.KafkaSource;
import dev.millrace.model.client.kafka.SnapshotTopicReader;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.publish.SnapshotTopics;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Snapshots on Kafka, read as far as transactions are committed; as old as the retention of their topic allows. */
public final class TopicSnapshots implements PublishedSnapshots {
    private final Properties kafka;
    private final SnapshotTopics topics;
    private final String model;

    /** @param timeout how long the brokers may stay silent */
    public TopicSnapshots(KafkaConfig kafka, SnapshotTopics topics, String model, Duration timeout) {
        this.kafka = kafka.source();
        this.kafka.put("default.api.timeout.ms", Long.toString(timeout.toMillis()));
        this.topics = topics;
        this.model = model;
    }

    /** For one follower, which closes it. */
    public SnapshotSource source() {
        return new KafkaSource(kafka, topics.models(), topics.snapshots(), model);
    }

    private SnapshotTopicReader reader() {
        return topics.reader(kafka);
    }

    @Override
    public List<SnapshotManifest> list() {
        try (SnapshotTopicReader reader = reader()) {
            return reader.versions(model);
        }
    }

    @Override
    public Snapshot load(long version) {
        try (SnapshotTopicReader reader = reader()) {
            SnapshotManifest manifest = reader.versions(model).stream()
                    .filter(known -> known.version() == version)
                    .findFirst()
                    .orElseThrow(() -> new SnapshotException(
                            "Topic " + topics.snapshots() + " has no manifest of " + model + " version " + version));
            return reader.load(manifest);
        }
    }

    @Override
    public @Nullable Aliases aliases() {
        try (SnapshotTopicReader reader = reader()) {
            return reader.aliases(model).orElse(null);
        }
    }

    @Override
    public String place() {
        return "topic " + topics.snapshots();
    }
}
