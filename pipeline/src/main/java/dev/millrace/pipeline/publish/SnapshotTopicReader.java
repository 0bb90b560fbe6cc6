package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotAssembler;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.ModelSnapshotPart;
import dev.millrace.schemas.wire.AvroFraming;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads published snapshots back from Kafka, committed ones only, checked against their manifests. Every call reads
 * what is there at that moment and returns. Not thread safe.
 */
public final class SnapshotTopicReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);
    /** How far the clocks of a task manager and a broker may be apart. */
    private static final long CLOCK_SKEW_MILLIS = 600_000;

    private final SnapshotTopics topics;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final AvroFraming<ModelManifest> manifests = SnapshotTopics.manifestFraming();
    private final AvroFraming<ModelSnapshotPart> parts = SnapshotTopics.partFraming();

    /** @param kafka consumer settings with {@code bootstrap.servers} */
    public SnapshotTopicReader(Properties kafka, SnapshotTopics topics) {
        this.topics = topics;
        Properties properties = new Properties();
        properties.putAll(kafka);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** The manifest of the newest version of a model; empty before the first. */
    public Optional<SnapshotManifest> newest(String model) {
        TreeMap<Long, SnapshotManifest> found = new TreeMap<>();
        read(topics.models(), 0, record -> {
            if (keyOf(record).equals(model)) {
                SnapshotManifest manifest = manifest(record.value());
                found.put(manifest.version(), manifest);
            }
        });
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(found.lastEntry().getValue());
    }

    /** Which versions the aliases of a model point to; empty before the first version. */
    public Optional<Aliases> aliases(String model) {
        TreeMap<Long, Aliases> found = new TreeMap<>();
        read(topics.models(), 0, record -> {
            if (keyOf(record).equals(model)) {
                Aliases aliases = aliases(record.value());
                found.put(aliases.revision(), aliases);
            }
        });
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(found.lastEntry().getValue());
    }

    /** Manifests of the versions that the snapshot topic still holds, the oldest first. Reads the whole topic. */
    public List<SnapshotManifest> versions(String model) {
        TreeMap<Long, SnapshotManifest> found = new TreeMap<>();
        read(topics.snapshots(), 0, record -> {
            String key = keyOf(record);
            if (key.startsWith(model + "/") && key.endsWith("/manifest")) {
                SnapshotManifest manifest = manifest(record.value());
                found.put(manifest.version(), manifest);
            }
        });
        return new ArrayList<>(found.values());
    }

    /**
     * A version with its parameters.
     *
     * @throws SnapshotException if a part is missing or not what the manifest says
     */
    public Snapshot load(SnapshotManifest manifest) {
        String manifestKey = SnapshotTopics.manifestKey(manifest.model(), manifest.version());
        String prefix = manifestKey.substring(0, manifestKey.lastIndexOf('/') + 1);
        Map<Integer, byte[]> found = new HashMap<>();
        // The manifest was made before its first part was sent.
        read(topics.snapshots(), manifest.created() - CLOCK_SKEW_MILLIS, record -> {
            String key = keyOf(record);
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
                        + topics.snapshots() + " (any more)");
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
        consumer.close();
    }

    /** Reads a topic to its present end. */
    private void read(String topic, long fromMillis, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        if (fromMillis > 0) {
            seek(partitions, ends, fromMillis);
        }
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(POLL).forEach(each);
        }
    }

    private void seek(List<TopicPartition> partitions, Map<TopicPartition, Long> ends, long fromMillis) {
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, fromMillis));
        consumer.offsetsForTimes(times).forEach((partition, offset) -> {
            long begin = offset == null ? ends.getOrDefault(partition, 0L) : offset.offset();
            consumer.seek(partition, begin);
        });
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

    private static String keyOf(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), UTF_8);
    }
}
