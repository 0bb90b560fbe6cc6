package dev.millrace.model.client.kafka;

import dev.millrace.model.client.Live;
import dev.millrace.model.client.SnapshotSource;
import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.client.VersionTarget;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.wire.AvroFraming;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Versions of one model on Kafka. What is newest and what the aliases mean is read on in the model topic, record by record;
 * the snapshot topic is read only for a version that is to be loaded, or whose manifest the model topic does not hold (any
 * more). Committed records alone, without a consumer group.
 */
public final class KafkaSource implements SnapshotSource {
    private final Properties kafka;
    private final String models;
    private final String snapshots;
    private final String model;
    private final AvroFraming<ModelManifest> framing = SnapshotKeys.manifestFraming();
    private final Map<Long, SnapshotManifest> found = new HashMap<>(); // what the choice of now needs
    private @Nullable CommittedRecords records;
    private @Nullable SnapshotManifest newest;
    private Map<String, Long> aliases = Map.of();
    private long revision;
    private int partition; // that the aliases come from
    private long told; // when the last record of the model was written, in milliseconds since the epoch
    private @Nullable Long missing;
    private @Nullable SnapshotException damaged;

    /**
     * A source that connects when it is asked first.
     *
     * @param kafka consumer settings with {@code bootstrap.servers}
     * @param models compacted topic of the newest manifest of each model
     * @param snapshots topic of parts and manifests
     */
    public KafkaSource(Properties kafka, String models, String snapshots, String model) {
        this.kafka = new Properties();
        this.kafka.putAll(kafka);
        this.models = models;
        this.snapshots = snapshots;
        this.model = model;
    }

    @Override
    public @Nullable VersionTarget find(VersionChoice choice) throws IOException {
        if (choice.isLive()) throw Live.absent(place());
        try {
            readOn();
            SnapshotException reason = damaged;
            if (reason != null) throw reason;
            SnapshotManifest now = newest;
            if (now == null) return null;
            Long pinned = choice.pinned();
            if (pinned == null && !choice.isAlias()) return new VersionTarget(now, 0);
            Long version = pinned != null ? pinned : aliases.get(choice.word());
            if (version == null) return null;
            return new VersionTarget(manifest(version, now), pinned != null ? 0 : revision);
        } catch (KafkaException e) {
            disconnect(); // a new consumer begins anew
            throw new IOException("Cannot read topic " + models + ": " + e.getMessage(), e);
        }
    }

    private void readOn() {
        CommittedRecords connected = records;
        if (connected == null) {
            connected = new CommittedRecords(kafka);
            records = connected;
            begin(connected);
        } else if (connected.hasChanged()) {
            begin(connected);
        }
        connected.readToTheEnd(this::take);
    }

    /** What was read of another life of the topic says nothing of what is in it now. */
    private void begin(CommittedRecords connected) {
        forget();
        connected.assign(models, 0);
    }

    /**
     * The last record of a model says all; an earlier one that cannot be read no longer matters. Of two partitions, after some
     * were added, the earlier record may come last: there the revision decides.
     */
    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (!CommittedRecords.key(record).equals(model)) return;
        missing = null;
        if (record.value() == null) {
            if (record.timestamp() >= told)
                forget(); // somebody deleted it; of another partition it may come after what followed it
            return;
        }
        told = record.timestamp();
        try {
            ModelManifest value = framing.decode(record.value());
            SnapshotManifest manifest = SnapshotManifest.fromJson(value.getManifest());
            if (newest == null || manifest.version() > newest.version()) newest = manifest;
            if (record.partition() == partition || value.getRevision() >= revision) {
                aliases = value.getAliases();
                revision = value.getRevision();
                partition = record.partition();
            }
            damaged = null;
        } catch (IllegalArgumentException e) {
            damaged = new SnapshotException(
                    "the manifest at offset " + record.offset() + " of topic " + models + " cannot be read: "
                            + e.getMessage(),
                    e);
        } catch (SnapshotException e) {
            damaged = e;
        }
    }

    /** As before the first version. */
    private void forget() {
        newest = null;
        aliases = Map.of();
        revision = 0;
        told = 0;
        damaged = null;
        missing = null;
        found.clear();
    }

    /** Reads the snapshot topic once for each version, and again only after something was published. */
    private SnapshotManifest manifest(long version, SnapshotManifest now) {
        if (now.version() == version) return now;
        SnapshotManifest known = found.get(version);
        if (known != null) return known;
        if (missing == null || missing != version) {
            try (SnapshotTopicReader reader = new SnapshotTopicReader(kafka, snapshots, models)) {
                for (SnapshotManifest each : reader.versions(model)) {
                    if (each.version() != version) continue;
                    found.clear();
                    found.put(version, each);
                    return each;
                }
            }
            missing = version;
        }
        throw new SnapshotException(
                "Topic " + snapshots + " has no manifest of " + model + " version " + version + " (any more)");
    }

    @Override
    public Snapshot load(SnapshotManifest manifest) throws IOException {
        try (SnapshotTopicReader reader = new SnapshotTopicReader(kafka, snapshots, models)) {
            return reader.load(manifest);
        } catch (KafkaException e) {
            throw new IOException("Cannot read topic " + snapshots + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String place() {
        return "topics " + models + " and " + snapshots;
    }

    private void disconnect() {
        CommittedRecords connected = records;
        records = null;
        if (connected != null) connected.close();
    }

    @Override
    public void close() {
        disconnect();
    }
}
