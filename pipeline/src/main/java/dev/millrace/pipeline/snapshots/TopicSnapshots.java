package dev.millrace.pipeline.snapshots;

import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotAssembler;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.ModelSnapshotPart;
import dev.millrace.schemas.wire.AvroFraming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Snapshots on Kafka: manifests in the model topic, parts in the snapshot topic, read as far as transactions are
 * committed. The model topic is compacted, so that older versions vanish from it by and by.
 */
public final class TopicSnapshots implements PublishedSnapshots {
    private final CommittedRecords records;
    private final String snapshotTopic;
    private final String modelTopic;
    private final String model;
    private final AvroFraming<ModelManifest> manifests = new AvroFraming<>(ModelManifest.getClassSchema());
    private final AvroFraming<ModelSnapshotPart> parts = new AvroFraming<>(ModelSnapshotPart.getClassSchema());

    /** @param timeout how long the brokers may stay silent */
    public TopicSnapshots(KafkaConfig kafka, String snapshotTopic, String modelTopic, String model, Duration timeout) {
        this.records = new CommittedRecords(kafka, timeout);
        this.snapshotTopic = snapshotTopic;
        this.modelTopic = modelTopic;
        this.model = model;
    }

    @Override
    public List<SnapshotManifest> list() {
        NavigableMap<Long, SnapshotManifest> byVersion = new TreeMap<>();
        records.forEach(modelTopic, value -> {
            ModelManifest record = manifests.decode(value);
            if (!model.contentEquals(record.getModel())) return;
            SnapshotManifest manifest =
                    SnapshotManifest.fromJson(record.getManifest().toString());
            byVersion.put(manifest.version(), manifest);
        });
        return List.copyOf(byVersion.values());
    }

    @Override
    public Snapshot load(long version) {
        SnapshotManifest manifest = list().stream()
                .filter(known -> known.version() == version)
                .findFirst()
                .orElseThrow(() -> new SnapshotException(
                        "Topic " + modelTopic + " has no manifest of " + model + " version " + version));
        NavigableMap<Integer, byte[]> found = new TreeMap<>();
        records.forEach(snapshotTopic, value -> {
            ModelSnapshotPart part = parts.decode(value);
            if (part.getVersion() == version && model.contentEquals(part.getModel())) {
                found.put(part.getPart(), bytes(part));
            }
        });
        SnapshotAssembler assembler = new SnapshotAssembler(manifest);
        new ArrayList<>(found.entrySet()).forEach(part -> assembler.add(part.getKey(), part.getValue()));
        return assembler.finish();
    }

    private static byte[] bytes(ModelSnapshotPart part) {
        byte[] bytes = new byte[part.getBytes().remaining()];
        part.getBytes().duplicate().get(bytes);
        return bytes;
    }

    @Override
    public String place() {
        return "topics " + modelTopic + " and " + snapshotTopic;
    }
}
