package dev.millrace.pipeline.publish;

import dev.millrace.model.client.kafka.SnapshotTopicReader;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.server.PublishedVersions;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** As the model topic has them. */
public record VersionsOnTopic(KafkaConfig kafka, SnapshotTopics topics) implements PublishedVersions {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(VersionsOnTopic.class);

    /** @throws org.apache.kafka.common.KafkaException if the brokers do not say: then nothing must be published either */
    @Override
    public Newest newest(String model) {
        try (SnapshotTopicReader reader = topics.reader(kafka.source())) {
            long version = reader.newest(model).map(SnapshotManifest::version).orElse(0L);
            return new Newest(version, reader.aliases(model).orElse(null));
        } catch (UnknownTopicOrPartitionException e) {
            return Newest.NONE; // the first version makes it
        } catch (AuthorizationException e) {
            LOG.warn(
                    "{}: topic {} may be written but not read, so versions do not go on above those that another job left there",
                    model,
                    topics.models(),
                    e);
            return Newest.NONE;
        }
    }
}
