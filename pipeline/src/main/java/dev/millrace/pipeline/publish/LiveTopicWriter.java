package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.model.client.kafka.SnapshotKeys;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.server.LiveOutlet;
import dev.millrace.pipeline.server.LiveState;
import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.ModelSnapshotPart;
import dev.millrace.schemas.wire.AvroFraming;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends live parameters from a thread of its own: parts in order, then the manifest, in a transaction that is committed at
 * once. So readers see all of a set or nothing, compaction keeps the newest whole set, and a new life fences what is left of
 * the last one: the topic has one writer of a model at a time. Whatever the brokers do, training goes on; what did not
 * arrive is not sent again, since a newer one comes.
 */
final class LiveTopicWriter implements LiveOutlet {
    private static final Logger LOG = LoggerFactory.getLogger(LiveTopicWriter.class);
    private static final int KAFKA_REQUEST_BYTES = 1 << 20;
    /** Key, schema, checksums and protocol around a part; also the manifest fits in a request by this much. */
    private static final int OVERHEAD_BYTES = 64 << 10;

    private static final String WAIT_MILLIS = "10000"; // for brokers that do not answer
    private static final String REQUEST_MILLIS = "5000";
    private static final String TRANSACTION_MILLIS = "20000"; // until readers see past what a dead writer left open
    private static final Duration GIVE_WAY = Duration.ofSeconds(30);
    private static final Duration LAST_SENDING = Duration.ofSeconds(2);

    private final LiveTopic topic;
    private String modelJson = ""; // the thread's
    private @Nullable ModelSpec spec; // the thread's, of that text
    private final AvroFraming<ModelSnapshotPart> parts = SnapshotKeys.partFraming();
    private final AvroFraming<ModelManifest> manifests = SnapshotKeys.manifestFraming();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "millrace-live");
        made.setDaemon(true);
        return made;
    });
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile long quietUntilNanos = System.nanoTime();
    private boolean failing; // the thread's
    private @Nullable KafkaProducer<byte[], byte[]> producer; // the thread's

    LiveTopicWriter(LiveTopic topic) {
        this.topic = topic;
    }

    @Override
    public boolean isIdle() {
        return !busy.get() && System.nanoTime() - quietUntilNanos >= 0;
    }

    @Override
    public void send(LiveState state) {
        busy.set(true);
        thread.execute(() -> {
            try {
                transmit(state);
            } finally {
                busy.set(false);
            }
        });
    }

    private void transmit(LiveState state) {
        try {
            KafkaProducer<byte[], byte[]> connected = connected();
            connected.beginTransaction();
            records(connected, state);
            connected.commitTransaction();
            sent.incrementAndGet();
            failing = false;
        } catch (RuntimeException | OutOfMemoryError e) { // neither must leave the transaction open
            failed.incrementAndGet();
            if (isFenced(e)) giveWay();
            else if (!failing) LOG.warn("Live version {} was not sent to topic {}", state.version(), topic.topic(), e);
            failing = true;
            disconnect(); // the next producer aborts a transaction that was left open
        }
    }

    private static boolean isFenced(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) return true;
        }
        return false;
    }

    /** Not for good: the brokers say the same to who was silent for too long. What is left of an earlier life has ended by then. */
    private void giveWay() {
        quietUntilNanos = System.nanoTime() + GIVE_WAY.toNanos();
        LOG.error(
                "Another job sends the live parameters of {} to topic {}: this one tries again in {} s",
                topic.model(),
                topic.topic(),
                GIVE_WAY.toSeconds());
    }

    private void records(KafkaProducer<byte[], byte[]> to, LiveState state) {
        SnapshotParts cut = SnapshotParts.split(
                spec(state.modelJson()),
                topic.features(),
                state.version(),
                state.created(),
                state.parameters(),
                state.provenance(),
                topic.maxPartBytes());
        int count = cut.parts().size();
        for (int i = 0; i < count; i++) {
            ModelSnapshotPart part = new ModelSnapshotPart(
                    topic.model(),
                    state.version(),
                    i,
                    count,
                    ByteBuffer.wrap(cut.parts().get(i)));
            send(to, SnapshotKeys.livePart(topic.model(), i), parts.encode(part));
        }
        SnapshotManifest manifest = cut.manifest();
        send(
                to,
                SnapshotKeys.liveManifest(topic.model()),
                manifests.encode(new ModelManifest(
                        topic.model(), state.version(), count, manifest.toJson(), Map.of(), 0L, false, null)));
    }

    /** It seldom becomes another one. */
    private ModelSpec spec(String json) {
        ModelSpec known = spec;
        if (known != null && json.equals(modelJson)) return known;
        modelJson = json;
        known = ModelSpec.fromJson(json);
        spec = known;
        return known;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the commit waits for all of them, and fails if one did
    private void send(KafkaProducer<byte[], byte[]> to, String key, byte[] value) {
        int partitions = to.partitionsFor(topic.topic()).size();
        int partition = OutgoingSerializer.partition(topic.model().getBytes(UTF_8), partitions);
        to.send(new ProducerRecord<>(topic.topic(), partition, key.getBytes(UTF_8), value));
    }

    private KafkaProducer<byte[], byte[]> connected() {
        KafkaProducer<byte[], byte[]> known = producer;
        if (known != null) return known;
        KafkaProducer<byte[], byte[]> made =
                new KafkaProducer<>(properties(), new ByteArraySerializer(), new ByteArraySerializer());
        producer = made;
        made.initTransactions();
        return made;
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty(ProducerConfig.MAX_BLOCK_MS_CONFIG, WAIT_MILLIS);
        properties.setProperty(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, WAIT_MILLIS);
        properties.setProperty(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
        properties.setProperty(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS);
        properties.setProperty(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                Integer.toString(Math.max(KAFKA_REQUEST_BYTES, topic.maxPartBytes() + OVERHEAD_BYTES)));
        properties.putAll(topic.kafka());
        properties.setProperty(ProducerConfig.LINGER_MS_CONFIG, "0"); // a part waits for no company
        // Several first batches of a new producer may come to the broker out of their order, which it refuses until one
        // is sent again.
        properties.setProperty(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
        properties.setProperty(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG, "millrace-live-" + topic.topic() + "-" + topic.model());
        return properties;
    }

    private void disconnect() {
        KafkaProducer<byte[], byte[]> connected = producer;
        producer = null;
        if (connected != null) connected.close(Duration.ZERO);
    }

    @Override
    public long sent() {
        return sent.get();
    }

    @Override
    public long failed() {
        return failed.get();
    }

    @Override
    public void close() {
        thread.execute(this::disconnect); // behind what is under way
        thread.shutdown();
        try {
            if (thread.awaitTermination(LAST_SENDING.toMillis(), TimeUnit.MILLISECONDS)) return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.shutdownNow();
    }
}
