package dev.millrace.model.client.kafka;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotAssembler;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.ModelSnapshotPart;
import dev.millrace.schemas.wire.AvroFraming;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads published snapshots back from Kafka, committed ones only, checked against their manifests. Every call reads
 * what is there at that moment and returns. Not thread safe.
 */
public final class SnapshotTopicReader implements AutoCloseable {

    /** How far the clocks of a task manager and a broker may be apart. */
    private static final long CLOCK_SKEW_MILLIS = 600_000;

    private final String snapshots;
    private final String models;
    private final CommittedRecords records;
    private final AvroFraming<ModelManifest> manifests = SnapshotKeys.manifestFraming();
    private final AvroFraming<ModelSnapshotPart> parts = SnapshotKeys.partFraming();

    /**
     * Connects to brokers.
     *
     * @param kafka consumer settings with {@code bootstrap.servers}
     * @param snapshots topic of parts and manifests
     * @param models compacted topic of the newest manifest of each model
     */
    public SnapshotTopicReader(Properties kafka, String snapshots, String models) {
        this.snapshots = snapshots;
        this.models = models;
        this.records = new CommittedRecords(kafka);
    }

    /** The manifest of the newest version of a model; empty before the first. */
    public Optional<SnapshotManifest> newest(String model) {
        return highest(model, this::manifest, SnapshotManifest::version);
    }

    /** Which versions the aliases of a model point to; empty before the first version. */
    public Optional<Aliases> aliases(String model) {
        return highest(model, this::aliases, Aliases::revision);
    }

    /** Of what the model topic has of a model: a compacted topic may still hold earlier records. */
    private <T> Optional<T> highest(String model, Function<byte[], T> decode, ToLongFunction<T> number) {
        TreeMap<Long, T> found = new TreeMap<>();
        read(models, 0, record -> {
            if (!CommittedRecords.key(record).equals(model)) return;
            if (record.value() == null) {
                found.clear(); // somebody deleted the model from the topic
                return;
            }
            T decoded = decode.apply(record.value());
            found.put(number.applyAsLong(decoded), decoded);
        });
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(found.lastEntry().getValue());
    }

    /** Manifests of the versions that the snapshot topic still holds, the oldest first. Reads the whole topic. */
    public List<SnapshotManifest> versions(String model) {
        Map<String, SnapshotManifest> found = new HashMap<>();
        read(snapshots, 0, record -> {
            String key = CommittedRecords.key(record);
            if (!key.startsWith(model + "/") || !key.endsWith("/manifest")) return;
            if (record.value() == null) {
                found.remove(key); // somebody deleted the version from the topic
            } else {
                found.put(key, manifest(record.value()));
            }
        });
        List<SnapshotManifest> versions = new ArrayList<>(found.values());
        versions.sort(Comparator.comparingLong(SnapshotManifest::version));
        return versions;
    }

    /**
     * A version with its parameters.
     *
     * @throws SnapshotException if a part is missing or not what the manifest says
     */
    public Snapshot load(SnapshotManifest manifest) {
        String manifestKey = SnapshotKeys.manifest(manifest.model(), manifest.version());
        String prefix = manifestKey.substring(0, manifestKey.lastIndexOf('/') + 1);
        Map<Integer, byte[]> found = new HashMap<>();
        // The manifest was made before its first part was sent.
        read(snapshots, manifest.created() - CLOCK_SKEW_MILLIS, record -> {
            String key = CommittedRecords.key(record);
            if (record.value() == null) return; // a part that was deleted is missed below
            if (key.startsWith(prefix) && !key.equals(manifestKey)) {
                ModelSnapshotPart part = part(record.value());
                found.put(part.getPart(), bytes(part));
            }
        });
        SnapshotAssembler assembler = new SnapshotAssembler(manifest);
        for (int part = 0; part < manifest.parts().size(); part++) {
            byte[] bytes = found.remove(part);
            if (bytes == null) {
                throw new SnapshotException("snapshot " + manifest.model() + " version " + manifest.version()
                        + ": part " + part + " of " + manifest.parts().size() + " is not in topic "
                        + snapshots + " (any more)");
            }
            assembler.add(part, bytes);
        }
        return assembler.finish();
    }

    /** The newest version of a model with its parameters; empty before the first. */
    public Optional<Snapshot> loadNewest(String model) {
        return newest(model).map(this::load);
    }

    @Override
    public void close() {
        records.close();
    }

    /** Reads a topic to its present end. */
    private void read(String topic, long fromMillis, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        records.assign(topic, fromMillis);
        records.readToTheEnd(each);
    }

    private SnapshotManifest manifest(byte[] value) {
        try {
            return SnapshotManifest.fromJson(manifests.decode(value).getManifest());
        } catch (IllegalArgumentException e) {
            throw new SnapshotException("A manifest in Kafka cannot be read: " + e.getMessage(), e);
        }
    }

    private Aliases aliases(byte[] value) {
        try {
            ModelManifest manifest = manifests.decode(value);
            return new Aliases(
                    manifest.getModel(),
                    manifest.getRevision(),
                    manifest.getPinned(),
                    manifest.getAliases().get(Aliases.CHAMPION),
                    manifest.getAliases().get(Aliases.CANDIDATE),
                    manifest.getPreviousChampion());
        } catch (IllegalArgumentException e) {
            throw new SnapshotException("A manifest in Kafka cannot be read: " + e.getMessage(), e);
        }
    }

    private ModelSnapshotPart part(byte[] value) {
        try {
            return parts.decode(value);
        } catch (IllegalArgumentException e) {
            throw new SnapshotException("A snapshot part in Kafka cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(ModelSnapshotPart part) {
        ByteBuffer buffer = part.getBytes();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
