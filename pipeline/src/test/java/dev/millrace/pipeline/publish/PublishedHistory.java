package dev.millrace.pipeline.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.client.kafka.SnapshotKeys;
import dev.millrace.model.client.kafka.SnapshotTopicReader;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.local.EmbeddedKafka;
import java.util.List;
import java.util.Properties;

/** All that a read_committed reader ever saw of a model, in the order in which it was committed. */
public record PublishedHistory(List<SnapshotManifest> manifests, List<Snapshot> snapshots) {

    /** Reads topics of one partition; fails if a version lacks a part or a part is not what its manifest says. */
    public static PublishedHistory of(EmbeddedKafka kafka, SnapshotTopics topics, String model) {
        var framing = SnapshotKeys.manifestFraming();
        List<SnapshotManifest> manifests = TopicContents.of(kafka, topics.models()).stream()
                .map(record ->
                        SnapshotManifest.fromJson(framing.decode(record.value()).getManifest()))
                .toList();
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
        try (SnapshotTopicReader reader = topics.reader(properties)) {
            List<Snapshot> snapshots =
                    reader.versions(model).stream().map(reader::load).toList();
            return new PublishedHistory(manifests, snapshots);
        }
    }

    public List<Long> versions() {
        return manifests.stream().map(SnapshotManifest::version).toList();
    }

    /** Versions strictly rise, so none came twice; those of the model topic are those of the snapshot topic. */
    public void assertVersionsRise() {
        assertThat(versions()).isNotEmpty().isSorted().doesNotHaveDuplicates();
        assertThat(snapshots).extracting(Snapshot::manifest).containsExactlyElementsOf(manifests);
    }
}
