package dev.millrace.pipeline.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.ModelSnapshotPart;
import dev.millrace.schemas.wire.AvroFraming;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TopicSnapshotsTest {
    private static final AvroFraming<ModelSnapshotPart> PARTS = new AvroFraming<>(ModelSnapshotPart.getClassSchema());
    private static final AvroFraming<ModelManifest> MANIFESTS = new AvroFraming<>(ModelManifest.getClassSchema());
    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startBroker() {
        kafka = EmbeddedKafka.startTemporary();
        kafka.createTopic("parts", 3, Map.of());
        kafka.createTopic("models", 1, Map.of("cleanup.policy", "compact"));
        publish(1, List.of(0, 1), true);
        publish(2, List.of(0, 1), false); // its transaction is aborted
        publish(3, List.of(0), true); // a part is missing
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    private static void publish(long version, List<Integer> written, boolean commit) {
        ModelSpec spec = ModelSpec.fromYaml("{name: m, inputs: 3, layers: [{dense: {units: 1}}], loss: hinge}");
        SnapshotParts snapshot = SnapshotParts.split(spec, version, 0, new float[] {version, 2, 3, 4}, Map.of(), 8);
        Properties properties = KafkaConfig.at(kafka.bootstrapServers()).sink();
        properties.put("transactional.id", "test");
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int part : written) {
                byte[] value = PARTS.encode(ModelSnapshotPart.newBuilder()
                        .setModel("m")
                        .setVersion(version)
                        .setPart(part)
                        .setParts(2)
                        .setBytes(ByteBuffer.wrap(snapshot.parts().get(part)))
                        .build());
                producer.send(new ProducerRecord<>("parts", key("m/" + version + "/" + part), value));
            }
            byte[] manifest = MANIFESTS.encode(ModelManifest.newBuilder()
                    .setModel("m")
                    .setVersion(version)
                    .setParts(2)
                    .setManifest(snapshot.manifest().toJson())
                    .build());
            producer.send(new ProducerRecord<>("models", key("m"), manifest));
            if (commit) producer.commitTransaction();
            else producer.abortTransaction();
        }
    }

    private static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static TopicSnapshots snapshots(String model) {
        return new TopicSnapshots(
                KafkaConfig.at(kafka.bootstrapServers()), "parts", "models", model, Duration.ofSeconds(20));
    }

    @Test
    void onlyWhatWasCommittedIsListed() {
        assertThat(snapshots("m").list()).extracting(SnapshotManifest::version).containsExactly(1L, 3L);
        assertThat(snapshots("other").list()).isEmpty();
    }

    @Test
    void aVersionIsPutTogetherFromItsParts() {
        assertThat(snapshots("m").load(1).parameters()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void aVersionWithAPartMissingIsRefused() {
        assertThatThrownBy(() -> snapshots("m").load(3))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("2 parts were announced. Received: 1");
    }

    @Test
    void aVersionNobodyAnnouncedIsRefused() {
        assertThatThrownBy(() -> snapshots("m").load(2)).hasMessageContaining("has no manifest of m version 2");
    }
}
