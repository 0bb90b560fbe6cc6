package dev.millrace.pipeline.snapshots;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.client.ServedModel;
import dev.millrace.model.client.SnapshotClient;
import dev.millrace.model.client.SnapshotListener;
import dev.millrace.model.client.VersionChoice;
import dev.millrace.model.client.VersionTarget;
import dev.millrace.model.client.kafka.KafkaSource;
import dev.millrace.model.client.kafka.SnapshotKeys;
import dev.millrace.model.client.kafka.SnapshotTopicReader;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.ModelSnapshotPart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class KafkaSourceTest {
    private static final VersionChoice CHAMPION = new VersionChoice("champion");
    private static final ModelSpec SPEC =
            ModelSpec.fromYaml("name: ctr\ninputs: 3\nlayers: [{dense: {units: 1}}]\nloss: mean_squared_error\n");

    /** Of so many partitions the model is in another one than of two. */
    private static final int GROWN = 3;

    private static final int ELSEWHERE = 0;

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    /** Two topics of their own for each test, and who publishes there as the job does: in transactions. */
    private static final class Topics implements AutoCloseable {
        private final String snapshots;
        private final String models;
        private final KafkaProducer<byte[], byte[]> producer;

        Topics(String name) {
            snapshots = name + "-snapshots";
            models = name + "-models";
            kafka.createTopic(snapshots, 3, Map.of());
            kafka.createTopic(models, 2, Map.of("cleanup.policy", "compact"));
            Map<String, Object> settings =
                    Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", name);
            producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
            producer.initTransactions();
        }

        KafkaSource source() {
            Properties properties = new Properties();
            properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
            properties.setProperty("default.api.timeout.ms", "5000");
            properties.setProperty("metadata.max.age.ms", "500"); // in production a minute
            return new KafkaSource(properties, models, snapshots, "ctr");
        }

        private static SnapshotParts parts(long version) {
            float[] parameters = {version, 2, 3, 4};
            return SnapshotParts.split(SPEC, version, System.currentTimeMillis(), parameters, Map.of(), 8);
        }

        /** All of a version but one of its parts. */
        void sendWithoutPart(long version, int without, long revision, Map<String, Long> aliases) {
            SnapshotParts parts = parts(version);
            for (int i = 0; i < parts.parts().size(); i++) {
                if (i == without) continue;
                ByteBuffer bytes = ByteBuffer.wrap(parts.parts().get(i));
                ModelSnapshotPart part =
                        new ModelSnapshotPart("ctr", version, i, parts.parts().size(), bytes);
                send(
                        snapshots,
                        SnapshotKeys.part("ctr", version, i),
                        SnapshotKeys.partFraming().encode(part));
            }
            send(snapshots, SnapshotKeys.manifest("ctr", version), manifest(parts.manifest(), 0, Map.of()));
            send(models, "ctr", manifest(parts.manifest(), revision, aliases));
        }

        void publish(long version, long revision, Map<String, Long> aliases) {
            producer.beginTransaction();
            sendWithoutPart(version, -1, revision, aliases);
            producer.commitTransaction();
        }

        /** Moves the aliases alone: the newest manifest again. */
        void move(long newest, long revision, Map<String, Long> aliases) {
            producer.beginTransaction();
            send(models, "ctr", manifest(parts(newest).manifest(), revision, aliases));
            producer.commitTransaction();
        }

        /** Deletes what is under a key. */
        void delete(String topic, String key) {
            producer.beginTransaction();
            send(topic, key, null);
            producer.commitTransaction();
        }

        SnapshotTopicReader reader() {
            Properties properties = new Properties();
            properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
            return new SnapshotTopicReader(properties, snapshots, models);
        }

        void send(String topic, String key, byte @Nullable [] value) {
            Future<?> unused =
                    producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value)); // the commit waits
        }

        private static byte[] manifest(SnapshotManifest manifest, long revision, Map<String, Long> aliases) {
            return SnapshotKeys.manifestFraming()
                    .encode(new ModelManifest(
                            "ctr",
                            manifest.version(),
                            manifest.parts().size(),
                            manifest.toJson(),
                            aliases,
                            revision,
                            false,
                            null));
        }

        @Override
        public void close() {
            producer.close();
        }
    }

    /** Brokers tell of a commit a little after the producer knows of it. */
    private static VersionTarget target(KafkaSource source, VersionChoice choice, long version) {
        return Objects.requireNonNull(Awaitility.await()
                .atMost(30, TimeUnit.SECONDS)
                .until(
                        () -> source.find(choice),
                        target -> target != null && target.manifest().version() == version));
    }

    @Test
    void versionsAreSeenAsAWholeAndOnlyOnceTheyAreCommitted() throws IOException {
        try (Topics topics = new Topics("committed");
                KafkaSource source = topics.source()) {
            assertThat(source.find(VersionChoice.NEWEST)).isNull();
            topics.publish(7, 0, Map.of());
            SnapshotManifest seven = target(source, VersionChoice.NEWEST, 7).manifest();
            assertThat(source.load(seven).parameters()).containsExactly(7, 2, 3, 4);

            topics.producer.beginTransaction();
            topics.sendWithoutPart(8, -1, 0, Map.of());
            topics.producer.flush();
            assertThat(source.find(VersionChoice.NEWEST))
                    .extracting(
                            found -> Objects.requireNonNull(found).manifest().version())
                    .isEqualTo(7L);
            topics.producer.commitTransaction();
            SnapshotManifest eight = target(source, VersionChoice.NEWEST, 8).manifest();
            assertThat(source.load(eight).parameters()).containsExactly(8, 2, 3, 4);
        }
    }

    @Test
    void anAliasLeadsToAnOlderVersionInTheSnapshotTopic() throws IOException {
        try (Topics topics = new Topics("alias");
                KafkaSource source = topics.source()) {
            topics.publish(7, 1, Map.of("candidate", 7L));
            assertThat(target(source, VersionChoice.NEWEST, 7)).isNotNull();
            assertThat(source.find(CHAMPION)).isNull();
            topics.publish(9, 2, Map.of("candidate", 9L, "champion", 7L));

            VersionTarget champion = target(source, CHAMPION, 7);
            assertThat(champion.revision()).isEqualTo(2);
            assertThat(source.load(champion.manifest()).parameters()).containsExactly(7, 2, 3, 4);
            assertThat(target(source, new VersionChoice("7"), 7).revision()).isZero();
            assertThatThrownBy(() -> source.find(new VersionChoice("8")))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessage("Topic alias-snapshots has no manifest of ctr version 8 (any more)");
        }
    }

    @Test
    void aMissingPartAndAManifestThatIsNoneAreRefused() throws IOException {
        try (Topics topics = new Topics("damaged");
                KafkaSource source = topics.source()) {
            topics.producer.beginTransaction();
            topics.sendWithoutPart(7, 1, 0, Map.of());
            topics.producer.commitTransaction();
            SnapshotManifest manifest = target(source, VersionChoice.NEWEST, 7).manifest();
            assertThatThrownBy(() -> source.load(manifest))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("part 1 of 2 is not in topic");

            topics.producer.beginTransaction();
            topics.send(topics.models, "ctr", new byte[] {1, 2, 3});
            topics.producer.commitTransaction();
            Awaitility.await()
                    .atMost(30, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThatThrownBy(() -> source.find(VersionChoice.NEWEST))
                            .isInstanceOf(SnapshotException.class)
                            .hasMessageContaining("of topic damaged-models cannot be read"));

            topics.publish(8, 0, Map.of());
            SnapshotManifest whole = Awaitility.await()
                    .atMost(30, TimeUnit.SECONDS)
                    .ignoreException(SnapshotException.class) // until it is seen
                    .until(() -> source.find(VersionChoice.NEWEST), Objects::nonNull)
                    .manifest();
            assertThat(whole.version()).isEqualTo(8);
        }
    }

    @Test
    void aModelThatWasDeletedFromTheTopicIsForgottenUntilItIsPublishedAgain() throws IOException {
        try (Topics topics = new Topics("deleted");
                KafkaSource source = topics.source();
                SnapshotTopicReader reader = topics.reader()) {
            topics.publish(7, 3, Map.of("champion", 7L));
            topics.publish(8, 4, Map.of("champion", 7L));
            assertThat(target(source, CHAMPION, 7).revision()).isEqualTo(4);

            topics.delete(topics.models, "ctr");
            topics.delete(topics.models, "another model");
            topics.delete(topics.snapshots, SnapshotKeys.manifest("ctr", 7));
            Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> source.find(VersionChoice.NEWEST) == null);
            assertThat(source.find(CHAMPION)).isNull();
            Awaitility.await()
                    .atMost(30, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(reader.versions("ctr"))
                            .extracting(SnapshotManifest::version)
                            .containsExactly(8L));
            assertThat(reader.newest("ctr")).isEmpty();
            assertThat(reader.aliases("ctr")).isEmpty();

            topics.publish(6, 1, Map.of());
            assertThat(target(source, VersionChoice.NEWEST, 6)).isNotNull();
            assertThat(reader.newest("ctr")).isPresent();
        }
    }

    private static void administer(Administering work) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            work.with(admin);
        }
    }

    private interface Administering {
        void with(Admin admin) throws Exception;
    }

    @Test
    void aTopicThatWasDeletedAndMadeAnewIsReadFromItsBeginning() throws Exception {
        try (Topics before = new Topics("anew");
                KafkaSource source = before.source()) {
            for (long version = 18; version <= 20; version++) {
                before.publish(version, version, Map.of("champion", version));
            }
            assertThat(target(source, VersionChoice.NEWEST, 20)).isNotNull();
            administer(admin -> admin.deleteTopics(List.of(before.models)).all().get());

            try (Topics after = new Topics("anew")) {
                after.publish(3, 1, Map.of("champion", 3L)); // the topic ends before what was read of the other one
                VersionTarget found = Objects.requireNonNull(Awaitility.await()
                        .atMost(30, TimeUnit.SECONDS)
                        .ignoreException(IOException.class) // while there is no topic
                        .until(
                                () -> source.find(CHAMPION),
                                target -> target != null && target.manifest().version() == 3));
                assertThat(found.revision()).isEqualTo(1);
                assertThat(target(source, VersionChoice.NEWEST, 3)).isNotNull();
            }
        }
    }

    @Test
    void partitionsThatAreAddedAreReadToo() throws Exception {
        try (Topics before = new Topics("grown");
                KafkaSource source = before.source()) {
            before.publish(7, 1, Map.of("champion", 7L));
            assertThat(target(source, CHAMPION, 7)).isNotNull();
            administer(admin -> admin.createPartitions(Map.of(before.models, NewPartitions.increaseTo(GROWN)))
                    .all()
                    .get());

            try (Topics after = new Topics("grown")) { // whose producer knows of the partitions
                after.publish(9, 5, Map.of("champion", 9L));
                assertThat(target(source, CHAMPION, 9).revision()).isEqualTo(5);

                // What is left in the partition of before says nothing of the aliases, whenever it is read.
                byte[] left = Topics.manifest(Topics.parts(10).manifest(), 2, Map.of("champion", 7L));
                after.producer.beginTransaction();
                Future<?> unused =
                        after.producer.send(new ProducerRecord<>(after.models, ELSEWHERE, "ctr".getBytes(UTF_8), left));
                after.producer.commitTransaction();
                assertThat(target(source, VersionChoice.NEWEST, 10)).isNotNull();
                assertThat(target(source, CHAMPION, 9).revision()).isEqualTo(5);
            }
        }
    }

    @Test
    void aClientObeysARollbackAndOutlivesABrokerThatWasAway() throws InterruptedException {
        BlockingQueue<String> news = new LinkedBlockingQueue<>();
        SnapshotListener listener = new SnapshotListener() {
            @Override
            public void loaded(ServedModel model) {
                news.add("loaded " + model.version());
            }

            @Override
            public void unreachable(Exception reason) {
                news.add("unreachable");
            }
        };
        try (Topics topics = new Topics("rollback")) {
            topics.publish(7, 1, Map.of("champion", 7L));
            try (SnapshotClient client = SnapshotClient.of(topics.source())
                    .following("champion")
                    .pollingEvery(Duration.ofMillis(50))
                    .telling(listener)
                    .start()) {
                assertThat(next(news)).isEqualTo("loaded 7");
                topics.publish(9, 2, Map.of("champion", 9L));
                assertThat(next(news)).isEqualTo("loaded 9");
                topics.move(9, 3, Map.of("champion", 7L));
                assertThat(next(news)).isEqualTo("loaded 7");

                kafka.stop();
                assertThat(next(news)).isEqualTo("unreachable");
                assertThat(client.current()).isNotNull();
                kafka.start();
                topics.publish(10, 4, Map.of("champion", 10L));
                assertThat(next(news)).isEqualTo("loaded 10");

                float[] into = new float[1];
                Objects.requireNonNull(client.current()).predict(new float[] {1, 0, 0}, 1, into);
                assertThat(into[0]).isEqualTo(14); // kernel [10, 2, 3] and bias 4
            }
        }
    }

    private static String next(BlockingQueue<String> news) throws InterruptedException {
        return Objects.requireNonNull(news.poll(60, TimeUnit.SECONDS), "no news for a minute");
    }
}
