package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.model.client.kafka.SnapshotKeys;
import dev.millrace.model.client.kafka.SnapshotTopicReader;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.pipeline.config.PublishConfig;
import dev.millrace.pipeline.server.AliasUpdate;
import dev.millrace.pipeline.server.SnapshotRecord;
import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.ModelSnapshotPart;
import dev.millrace.schemas.wire.AvroFraming;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where snapshots lie in Kafka, and under which keys.
 *
 * @param snapshots topic of the parts, key {@code model/version/part}, and of every manifest, key
 *     {@code model/version/manifest}
 * @param models compacted topic of the newest manifest of each model with its aliases, keyed by its name
 */
public record SnapshotTopics(String snapshots, String models) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Those of a configuration; null if it publishes on none. */
    public static @Nullable SnapshotTopics of(PublishConfig publish) {
        String parts = publish.snapshotTopic();
        String models = publish.modelTopic();
        return parts == null || models == null ? null : new SnapshotTopics(parts, models);
    }

    /** Reads what is published there. */
    public SnapshotTopicReader reader(Properties kafka) {
        return new SnapshotTopicReader(kafka, snapshots, models);
    }

    OutgoingRecord part(SnapshotRecord record, AvroFraming<ModelSnapshotPart> framing) {
        ModelSnapshotPart part = new ModelSnapshotPart(
                record.model(), record.version(), record.part(), record.parts(), ByteBuffer.wrap(record.bytes()));
        String key = SnapshotKeys.part(record.model(), record.version(), record.part());
        return new OutgoingRecord(snapshots, record.model(), key.getBytes(UTF_8), framing.encode(part));
    }

    OutgoingRecord manifest(SnapshotRecord record, AvroFraming<ModelManifest> framing) {
        String key = SnapshotKeys.manifest(record.model(), record.version());
        ModelManifest history = new ModelManifest(
                record.model(), record.version(), record.parts(), record.manifest(), Map.of(), 0L, false, null);
        return new OutgoingRecord(snapshots, record.model(), key.getBytes(UTF_8), framing.encode(history));
    }

    /** The newest manifest with the aliases of now. */
    OutgoingRecord newest(SnapshotRecord record, AvroFraming<ModelManifest> framing) {
        Aliases aliases = AliasUpdate.ofText(record.aliases()).aliases();
        ModelManifest newest = new ModelManifest(
                record.model(),
                record.version(),
                record.parts(),
                record.manifest(),
                aliases.versions(),
                aliases.revision(),
                aliases.pinned(),
                aliases.previous());
        return new OutgoingRecord(models, record.model(), record.model().getBytes(UTF_8), framing.encode(newest));
    }
}
