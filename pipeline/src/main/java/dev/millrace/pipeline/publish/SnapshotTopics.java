package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.pipeline.server.AliasUpdate;
import dev.millrace.pipeline.server.SnapshotRecord;
import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.ModelSnapshotPart;
import dev.millrace.schemas.wire.AvroFraming;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Where snapshots lie in Kafka, and under which keys.
 *
 * @param snapshots topic of the parts, key {@code model/version/part}, and of every manifest, key
 *     {@code model/version/manifest}
 * @param models compacted topic of the newest manifest of each model with its aliases, keyed by its name
 */
public record SnapshotTopics(String snapshots, String models) implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final String MANIFEST = "manifest";

    /** Values of parts. */
    static AvroFraming<ModelSnapshotPart> partFraming() {
        return new AvroFraming<>(ModelSnapshotPart.class);
    }

    /** Values of manifests, in both topics. */
    static AvroFraming<ModelManifest> manifestFraming() {
        return new AvroFraming<>(ModelManifest.class);
    }

    static String partKey(String model, long version, int part) {
        return model + "/" + version + "/" + part;
    }

    static String manifestKey(String model, long version) {
        return model + "/" + version + "/" + MANIFEST;
    }

    OutgoingRecord part(SnapshotRecord record, AvroFraming<ModelSnapshotPart> framing) {
        ModelSnapshotPart part = new ModelSnapshotPart(
                record.model(), record.version(), record.part(), record.parts(), ByteBuffer.wrap(record.bytes()));
        String key = partKey(record.model(), record.version(), record.part());
        return new OutgoingRecord(snapshots, key.getBytes(UTF_8), framing.encode(part));
    }

    OutgoingRecord manifest(SnapshotRecord record, AvroFraming<ModelManifest> framing) {
        String key = manifestKey(record.model(), record.version());
        ModelManifest history = new ModelManifest(
                record.model(), record.version(), record.parts(), record.manifest(), Map.of(), 0L, false, null);
        return new OutgoingRecord(snapshots, key.getBytes(UTF_8), framing.encode(history));
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
        return new OutgoingRecord(models, record.model().getBytes(UTF_8), framing.encode(newest));
    }
}
