package dev.millrace.model.client.kafka;

import dev.millrace.model.client.SnapshotSource;
import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.client.VersionTarget;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotAssembler;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.ModelSnapshotPart;
import dev.millrace.schemas.wire.AvroFraming;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Live parameters of one model: what a running job sends between its checkpoints, for {@link VersionChoice#LIVE} alone. No
 * checkpoint covers them; after a failure the versions go back. What counts is therefore the order in the topic, which has one
 * writer at a time: the last set that is whole. One of which parts are missing or of another set is refused as damaged.
 *
 * <p>Begins a minute before now, so as not to read what compaction has not deleted yet, and at the beginning of the topic if
 * there was nothing since.
 */
public final class LiveSource implements SnapshotSource {
    private static final long RECENT_MILLIS = 60_000;

    private final Properties kafka;
    private final String topic;
    private final String partPrefix;
    private final String manifestKey;
    private final AvroFraming<ModelSnapshotPart> partFraming = SnapshotKeys.partFraming();
    private final AvroFraming<ModelManifest> manifestFraming = SnapshotKeys.manifestFraming();
    private final TreeMap<Integer, byte[]> parts = new TreeMap<>(); // since the last manifest
    private long partsVersion;
    private @Nullable CommittedRecords records;
    private boolean fromTheBeginning;
    private boolean inTheMidst; // before the first manifest, whose first parts may lie before the begin
    private @Nullable Whole newest;
    private long seen;
    private @Nullable SnapshotException damaged;

    private record Whole(SnapshotManifest manifest, List<byte[]> parts, long number) {}

    /**
     * A source that connects when it is asked first.
     *
     * @param kafka consumer settings with {@code bootstrap.servers}
     * @param topic that the job names as {@code publish.live.topic}
     */
    public LiveSource(Properties kafka, String topic, String model) {
        this.kafka = new Properties();
        this.kafka.putAll(kafka);
        this.topic = topic;
        this.partPrefix = SnapshotKeys.livePart(model, 0).replaceFirst("0$", "");
        this.manifestKey = SnapshotKeys.liveManifest(model);
    }

    @Override
    public @Nullable VersionTarget find(VersionChoice choice) throws IOException {
        if (!choice.isLive()) {
            throw new SnapshotException(
                    place() + " has live parameters alone, which are no published versions. Asked for: " + choice);
        }
        try {
            readOn();
        } catch (KafkaException e) {
            disconnect(); // a new consumer begins anew
            throw new IOException("Cannot read topic " + topic + ": " + e.getMessage(), e);
        }
        SnapshotException reason = damaged;
        if (reason != null) throw reason;
        Whole now = newest;
        return now == null ? null : new VersionTarget(now.manifest, now.number);
    }

    private void readOn() {
        CommittedRecords connected = records;
        if (connected == null) {
            connected = new CommittedRecords(kafka);
            records = connected;
            begin(connected, System.currentTimeMillis() - RECENT_MILLIS);
        } else if (connected.hasChanged()) {
            begin(connected, 0); // what was sent before that was noticed counts, too
        }
        connected.readToTheEnd(this::take);
        if (newest != null || damaged != null || fromTheBeginning) return;
        begin(connected, 0);
        connected.readToTheEnd(this::take);
    }

    private void begin(CommittedRecords connected, long fromMillis) {
        parts.clear();
        fromTheBeginning = fromMillis == 0;
        inTheMidst = !fromTheBeginning;
        connected.assign(topic, fromMillis);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        String key = CommittedRecords.key(record);
        if (record.value() == null) {
            if (key.equals(manifestKey)) forget();
            return; // a part that was deleted is missed when its manifest comes
        }
        try {
            if (key.equals(manifestKey)) {
                manifest(SnapshotManifest.fromJson(
                        manifestFraming.decode(record.value()).getManifest()));
            } else if (key.startsWith(partPrefix)) {
                part(partFraming.decode(record.value()));
            }
        } catch (SnapshotException e) {
            damaged = e;
        } catch (IllegalArgumentException e) {
            damaged = new SnapshotException(
                    "the record at offset " + record.offset() + " of topic " + topic + " cannot be read: "
                            + e.getMessage(),
                    e);
        }
    }

    /** As before the first set: somebody deleted the live parameters from the topic. */
    private void forget() {
        newest = null;
        damaged = null;
        parts.clear();
    }

    private void part(ModelSnapshotPart part) {
        if (part.getPart() == 0 || part.getVersion() != partsVersion) parts.clear(); // of a set that has no end
        partsVersion = part.getVersion();
        ByteBuffer buffer = part.getBytes();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        parts.put(part.getPart(), bytes);
    }

    private void manifest(SnapshotManifest manifest) {
        List<byte[]> found = List.copyOf(parts.values());
        boolean whole = found.size() == manifest.parts().size() && partsVersion == manifest.version();
        boolean excused = inTheMidst;
        inTheMidst = false;
        parts.clear();
        if (whole) {
            newest = new Whole(manifest, found, ++seen);
            damaged = null;
        } else if (!excused) {
            throw new SnapshotException("of the " + manifest.parts().size() + " parts of live version "
                    + manifest.version() + " in topic " + topic + " there are " + found.size() + ", of version "
                    + partsVersion);
        }
    }

    @Override
    public Snapshot load(SnapshotManifest manifest) {
        Whole now = newest;
        if (now == null || !now.manifest.equals(manifest)) {
            throw new SnapshotException(
                    "live version " + manifest.version() + " in topic " + topic + " has been replaced meanwhile");
        }
        SnapshotAssembler assembler = new SnapshotAssembler(manifest);
        for (int i = 0; i < now.parts.size(); i++) assembler.add(i, now.parts.get(i));
        return assembler.finish();
    }

    @Override
    public String place() {
        return "topic " + topic;
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
