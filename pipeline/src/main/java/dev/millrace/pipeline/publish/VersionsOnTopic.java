package dev.millrace.pipeline.publish;

import dev.millrace.model.client.kafka.SnapshotTopicReader;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.server.PublishedVersions;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** As the model topic has them. */
public record VersionsOnTopic(KafkaConfig kafka, SnapshotTopics topics) implements PublishedVersions {
    private static final long serialVersionUID = 1L;

    @Override
    public long newest(String model) {
        try (SnapshotTopicReader reader = topics.reader(kafka.source())) {
            return reader.newest(model).map(SnapshotManifest::version).orElse(0L);
        } catch (UnknownTopicOrPartitionException e) {
            return 0; // the first version makes it
        }
    }
}
