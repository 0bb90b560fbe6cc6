package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.model.client.ServedModel;
import dev.millrace.model.client.SnapshotClient;
import dev.millrace.model.client.SnapshotListener;
import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.client.VersionTarget;
import dev.millrace.model.client.kafka.KafkaSource;
import dev.millrace.model.client.kafka.LiveSource;
import dev.millrace.model.client.kafka.SnapshotKeys;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.server.LiveOutlet;
import dev.millrace.pipeline.server.LiveState;
import dev.millrace.schemas.ModelSnapshotPart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The topic of live parameters from both of its sides. */
@Timeout(120)
class LiveTopicTest {
    private static final ModelSpec SPEC =
            ModelSpec.fromYaml("name: ctr\ninputs: 3\nlayers: [{dense: {units: 1}}]\nloss: mean_squared_error\n");
    private static final int PART_BYTES = 8; // two of the four parameters

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    private static Properties properties(EmbeddedKafka broker) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", broker.bootstrapServers());
        return properties;
    }

    private static LiveOutlet outlet(String topic) {
        return new LiveTopic(properties(kafka), topic, SPEC.name(), null, PART_BYTES).open();
    }

    private static String topic(String name) {
        kafka.createTopic(name, 2, Map.of("cleanup.policy", "compact"));
        return name;
    }

    private static LiveSource source(String topic) {
        return new LiveSource(properties(kafka), topic, "ctr");
    }

    private static LiveState state(long version, String incarnation) {
        return new LiveState(
                SPEC.toJson(),
                version,
                System.currentTimeMillis(),
                new float[] {version, 2, 3, 4},
                Map.of(SnapshotManifest.COVERED, "false", SnapshotManifest.INCARNATION, incarnation));
    }

    private static void send(LiveOutlet outlet, long version, String incarnation) {
        outlet.send(state(version, incarnation));
        await().until(outlet::isIdle);
    }

    /** Its transaction was begun by then. */
    @Test
    void aSetThatCannotBeCutIsCountedAndTheNextOneIsSent() {
        String topic = topic("live-uncut");
        try (LiveOutlet outlet = outlet(topic)) {
            send(outlet, 1, "a");
            outlet.send(new LiveState(SPEC.toJson(), 2, 0, new float[1], Map.of()));
            await().until(outlet::isIdle);

            send(outlet, 3, "a");

            assertThat(outlet.failed()).isEqualTo(1);
            assertThat(outlet.sent()).isEqualTo(2);
        }
    }

    /** All that a client was told, in order. */
    private static final class Told implements SnapshotListener {
        private final BlockingQueue<String> news = new LinkedBlockingQueue<>();

        @Override
        public void loaded(ServedModel model) {
            news.add(model.manifest().provenance().get(SnapshotManifest.INCARNATION) + " " + model.version());
        }

        @Override
        public void refused(String version, String reason) {
            news.add("refused: " + reason);
        }

        String next() throws InterruptedException {
            return Objects.requireNonNull(news.poll(30, TimeUnit.SECONDS), "the client says nothing");
        }
    }

    private static SnapshotClient follow(LiveSource source, Told told) {
        return SnapshotClient.of(source)
                .following("live")
                .pollingEvery(Duration.ofMillis(10))
                .telling(told)
                .start();
    }

    @Test
    void aClientFollowsWhatIsSentAndKnowsThatNoCheckpointCoversIt() throws Exception {
        String topic = topic("followed");
        Told told = new Told();
        try (LiveOutlet outlet = outlet(topic);
                SnapshotClient client = follow(source(topic), told)) {
            send(outlet, 41, "a");
            assertThat(told.next()).isEqualTo("a 41");
            send(outlet, 42, "a");
            assertThat(told.next()).isEqualTo("a 42");

            ServedModel model = Objects.requireNonNull(client.current());
            float[] output = new float[1];
            model.predict(new float[] {1, 1, 1}, 1, output);
            assertThat(model.covered()).isFalse();
            assertThat(output[0]).isEqualTo(42 + 2 + 3 + 4);
            assertThat(outlet.sent()).isEqualTo(2);
        }
    }

    @Test
    void liveParametersThatWereDeletedFromTheTopicAreForgotten() throws Exception {
        String topic = topic("deleted");
        try (LiveOutlet outlet = outlet(topic);
                LiveSource source = source(topic)) {
            send(outlet, 41, "a");
            await().until(() -> source.find(VersionChoice.LIVE) != null);
            Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                for (int partition = 0; partition < 2; partition++) { // whichever holds it
                    for (String key : List.of(SnapshotKeys.livePart("ctr", 0), SnapshotKeys.liveManifest("ctr"))) {
                        producer.send(new ProducerRecord<>(topic, partition, key.getBytes(UTF_8), null))
                                .get();
                    }
                }
            }
            await().until(() -> source.find(VersionChoice.LIVE) == null);

            send(outlet, 42, "a");
            await().until(() -> {
                VersionTarget target = source.find(VersionChoice.LIVE);
                return target != null && target.manifest().version() == 42;
            });
        }
    }

    @Test
    void afterAFailureTheVersionsGoBackAndTheClientFollowsTheNewLife() throws Exception {
        String topic = topic("restored");
        Told told = new Told();
        try (LiveOutlet before = outlet(topic);
                SnapshotClient client = follow(source(topic), told)) {
            send(before, 57, "a");
            assertThat(told.next()).isEqualTo("a 57");
            try (LiveOutlet after = outlet(topic)) {
                send(after, 31, "b");
                assertThat(told.next()).isEqualTo("b 31");
                send(after, 57, "b"); // trained anew: the same version, and another model
                assertThat(told.next()).isEqualTo("b 57");
            }
            assertThat(client.current()).isNotNull();
        }
    }

    @Test
    void whatIsLeftOfAnEarlierLifeCanSendNoMore() throws Exception {
        String topic = topic("fenced");
        try (LiveOutlet before = outlet(topic);
                LiveOutlet after = outlet(topic);
                LiveSource source = source(topic)) {
            send(before, 57, "a");
            send(after, 31, "b");
            before.send(state(58, "a"));
            await().until(() -> before.failed() == 1);

            assertThat(before.isIdle()).as("it gives way").isFalse();
            send(after, 32, "b");
            assertThat(Objects.requireNonNull(source.find(VersionChoice.LIVE))
                            .manifest()
                            .version())
                    .isEqualTo(32);
        }
    }

    /** The writer is killed between parts and manifest, and its transaction with it. */
    @Test
    void aSetThatWasNotSentToItsEndIsNotSeen() throws Exception {
        String topic = topic("killed");
        try (LiveOutlet outlet = outlet(topic);
                LiveSource source = source(topic)) {
            send(outlet, 41, "a");
            try (KafkaProducer<byte[], byte[]> killed = new KafkaProducer<>(
                    Map.of(
                            "bootstrap.servers",
                            kafka.bootstrapServers(),
                            "transactional.id",
                            "millrace-live-" + topic + "-ctr"),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                killed.initTransactions();
                killed.beginTransaction();
                sendPart(killed, topic, 42, 0);
                killed.flush();
            } // without a commit

            assertThat(Objects.requireNonNull(source.find(VersionChoice.LIVE))
                            .manifest()
                            .version())
                    .isEqualTo(41);
            try (LiveOutlet next = outlet(topic)) {
                send(next, 40, "b");
            }
            assertThat(Objects.requireNonNull(source.find(VersionChoice.LIVE))
                            .manifest()
                            .version())
                    .isEqualTo(40);
        }
    }

    /** As another writer would leave it that does without transactions. */
    @Test
    void aTornSetIsRefusedAndTheClientKeepsWhatItHas() throws Exception {
        String topic = topic("torn");
        Told told = new Told();
        try (LiveOutlet outlet = outlet(topic);
                SnapshotClient client = follow(source(topic), told);
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            send(outlet, 41, "a");
            assertThat(told.next()).isEqualTo("a 41");
            List<ConsumerRecord<byte[], byte[]>> whole = records(topic);
            ConsumerRecord<byte[], byte[]> manifest = whole.get(whole.size() - 1);

            sendPart(producer, topic, 41, 0); // the second is missing
            sendAgain(producer, manifest);
            assertThat(told.next())
                    .startsWith("refused: of the 2 parts of live version 41")
                    .endsWith("of version 41");

            sendPart(producer, topic, 41, 0); // both are there, and of another set by the same version
            sendPart(producer, topic, 41, 1);
            sendAgain(producer, manifest);
            send(outlet, 43, "a");
            String news = told.next();
            if (news.startsWith("refused")) { // seen before the next set was there
                assertThat(news).contains("part 0 is damaged");
                news = told.next();
            }
            assertThat(news).isEqualTo("a 43");
            assertThat(Objects.requireNonNull(client.current()).version()).isEqualTo(43);
        }
    }

    private static void sendPart(KafkaProducer<byte[], byte[]> producer, String topic, long version, int part) {
        ModelSnapshotPart value = new ModelSnapshotPart("ctr", version, part, 2, ByteBuffer.wrap(new byte[PART_BYTES]));
        int partition = OutgoingSerializer.partition("ctr".getBytes(UTF_8), 2);
        Future<?> unused = producer.send(new ProducerRecord<>(
                topic,
                partition,
                SnapshotKeys.livePart("ctr", part).getBytes(UTF_8),
                SnapshotKeys.partFraming().encode(value)));
    }

    private static void sendAgain(KafkaProducer<byte[], byte[]> producer, ConsumerRecord<byte[], byte[]> record) {
        Future<?> unused =
                producer.send(new ProducerRecord<>(record.topic(), record.partition(), record.key(), record.value()));
        producer.flush();
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        for (int partition = 0; partition < 2; partition++) {
            all.addAll(TopicContents.of(kafka, new TopicPartition(topic, partition), "read_committed"));
        }
        return all;
    }

    @Test
    void keysStayTheSameSoThatCompactionKeepsOneSet() {
        String topic = topic("keys");
        try (LiveOutlet outlet = outlet(topic)) {
            IntStream.rangeClosed(1, 3).forEach(version -> send(outlet, version, "a"));
        }

        assertThat(records(topic))
                .extracting(record -> new String(record.key(), UTF_8))
                .hasSize(9)
                .containsOnly("ctr/live/0", "ctr/live/1", "ctr/live/manifest");
    }

    @Test
    void whoFollowsVersionsNeverSeesLiveOnesNorTheOtherWayRound() throws Exception {
        String topic = topic("apart");
        kafka.createTopic("apart-parts", 1, Map.of());
        kafka.createTopic("apart-models", 1, Map.of("cleanup.policy", "compact"));
        try (LiveOutlet outlet = outlet(topic);
                SentSnapshots covered =
                        new SentSnapshots(kafka.bootstrapServers(), new SnapshotTopics("apart-parts", "apart-models"));
                KafkaSource versions = new KafkaSource(properties(kafka), "apart-models", "apart-parts", "ctr");
                LiveSource live = source(topic)) {
            covered.send("ctr", 7, 1);
            send(outlet, 9, "a");

            assertThat(Objects.requireNonNull(versions.find(VersionChoice.NEWEST))
                            .manifest())
                    .satisfies(manifest -> assertThat(manifest.version()).isEqualTo(7))
                    .satisfies(manifest -> assertThat(manifest.covered()).isTrue());
            assertThatThrownBy(() -> versions.find(VersionChoice.LIVE))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("followed with LiveSource");
            assertThatThrownBy(() -> live.find(VersionChoice.NEWEST))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("has live parameters alone");
        }
    }

    @Test
    void whoeverComesLateFindsWhatWasSentLast() throws Exception {
        String topic = topic("late");
        try (LiveOutlet outlet = outlet(topic)) {
            send(outlet, 41, "a");
            send(outlet, 42, "a");
        }

        try (LiveSource source = source(topic)) {
            SnapshotManifest manifest =
                    Objects.requireNonNull(source.find(VersionChoice.LIVE)).manifest();
            assertThat(source.load(manifest).parameters()).containsExactly(42, 2, 3, 4);
        }
    }

    @Test
    void brokersThatAreAwayHoldNobodyUp() throws IOException {
        try (EmbeddedKafka away = EmbeddedKafka.startTemporary()) {
            away.createTopic("live", 1, Map.of("cleanup.policy", "compact"));
            Properties properties = properties(away);
            properties.setProperty("max.block.ms", "1000");
            try (LiveOutlet outlet = new LiveTopic(properties, "live", SPEC.name(), null, PART_BYTES).open()) {
                away.stop();
                long begin = System.nanoTime();
                outlet.send(state(1, "a"));
                long took = System.nanoTime() - begin;

                assertThat(outlet.isIdle()).as("while it is tried").isFalse();
                assertThat(Duration.ofNanos(took)).isLessThan(Duration.ofMillis(500)); // it takes a microsecond
                await().atMost(Duration.ofSeconds(30)).until(outlet::isIdle);
                assertThat(outlet.failed()).isEqualTo(1);

                away.start();
                await().atMost(Duration.ofSeconds(60)).until(() -> {
                    if (outlet.isIdle()) outlet.send(state(2, "a"));
                    return outlet.sent() > 0;
                });
            }
        }
    }
}
