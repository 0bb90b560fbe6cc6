package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.client.DirectorySource;
import dev.millrace.model.client.ServedModel;
import dev.millrace.model.client.SnapshotClient;
import dev.millrace.model.client.kafka.SnapshotTopicReader;
import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.cli.Ran;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.FlinkDefaults;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.ReportCodec;
import dev.millrace.pipeline.publish.SnapshotTopics;
import dev.millrace.pipeline.server.StepReport;
import dev.millrace.schemas.wire.SampleEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model with a learning rate that gets it nowhere, a challenger of another architecture, and a worker that fails. */
@Timeout(240)
class ChallengerTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final SnapshotTopics TOPICS = new SnapshotTopics("parts", "models");
    private static final int LAYERS_OF_MODEL = 1;
    private static final int LAYERS_OF_CHALLENGER = 2;

    private final SplittableRandom random = new SplittableRandom(1);
    private final ReportCodec codec = new ReportCodec();
    private final SampleEncoder encoder = new SampleEncoder(WireFormat.RAW, 0);
    private final List<StepReport> reports = new ArrayList<>();
    private long produced;

    @Test
    void takesTheModelsPlaceByItsRuleAndByHandAndKeepsItAcrossAFailure(@TempDir Path directory) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            for (String topic : List.of("samples", "reports", "commands")) kafka.createTopic(topic, 1, Map.of());
            // In more than one partition, to find each model where its name says.
            for (String topic : List.of("parts", "models")) kafka.createTopic(topic, 5, Map.of());
            Path file = configuration(kafka, directory);
            SnapshotDirectory model = new SnapshotDirectory(directory.resolve("published"));
            SnapshotDirectory challenger = new SnapshotDirectory(directory.resolve("published/challenger"));
            FailingOnceEngine.Factory failing = new FailingOnceEngine.Factory(
                    10_000, directory.resolve("checkpoints").toString());
            JobClient job = start(file, failing);
            try (KafkaProducer<byte[], byte[]> producer = producer(kafka);
                    KafkaConsumer<byte[], byte[]> consumer = consumer(kafka);
                    SnapshotClient client = SnapshotClient.of(new DirectorySource(Path.of(model.place())))
                            .following(Aliases.CANDIDATE)
                            .pollingEvery(Duration.ofMillis(100))
                            .start()) {
                produce(producer, 150); // fewer than the rule asks for
                Snapshot before = awaitPublished(model, produced);
                assertThat(layers(before)).isEqualTo(LAYERS_OF_MODEL);
                awaitServed(client, LAYERS_OF_MODEL);

                StepReport swapped = produceUntil(producer, consumer, ChallengerTest::isSwapped);
                assertThat(swapped.aliases().changes().get(0).who()).isEqualTo(AliasChange.RULE);
                Snapshot after = awaitPublished(model, produced);
                assertThat(layers(after)).isEqualTo(LAYERS_OF_CHALLENGER);
                awaitVerdict(consumer, "promoted");
                assertThat(verdicts()).contains("too-few-samples", "better");
                assertThat(loss(after)).isLessThan(loss(before));
                awaitServed(client, LAYERS_OF_CHALLENGER); // readers follow to another architecture
                float[] output = new float[1];
                Objects.requireNonNull(client.current()).predict(new float[4], 1, output);
                assertThat(output[0]).isBetween(0f, 1f);

                // The worker fails within this.
                produce(producer, 10_000);
                Snapshot restored = awaitPublished(model, produced);
                assertThat(failing.hasFailed()).isTrue();
                assertThat(layers(restored)).isEqualTo(LAYERS_OF_CHALLENGER);
                assertThat(layers(awaitPublished(challenger, produced))).isEqualTo(LAYERS_OF_MODEL);
                assertThat(champion(model).manifest().modelSpec().layers())
                        .as("the gate has promoted it")
                        .hasSize(LAYERS_OF_CHALLENGER);
                assertThat(champion(model).manifest().version())
                        .isGreaterThan(before.manifest().version());
                assertVersionsRise(model);

                byHand(file, producer, model);
                byItsName(kafka, challenger);
            } finally {
                job.cancel().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    /** A person thinks otherwise; the rule gives the better one its place again. */
    private void byHand(Path file, KafkaProducer<byte[], byte[]> producer, SnapshotDirectory model) throws IOException {
        Ran ran = Ran.millrace("challenger", "promote", "--config", file.toString(), "--reason", "complaints");

        assertThat(ran.out())
                .contains("halves: model and challenger have changed roles; the gate decides on the next version");
        produce(producer, 100);
        Awaitility.await()
                .atMost(LIMIT)
                .until(() ->
                        audit(model).stream().anyMatch(change -> change.reason().equals("complaints")));
        AliasChange last = audit(model).stream()
                .filter(change -> change.reason().equals("complaints"))
                .findFirst()
                .orElseThrow();
        assertThat(last.kind()).isEqualTo(AliasChange.Kind.SWAP);
        assertThat(last.who()).isEqualTo(System.getProperty("user.name"));
    }

    /** All tools find it as they find any model. */
    private static void byItsName(EmbeddedKafka kafka, SnapshotDirectory challenger) {
        Ran list = Ran.millrace("snapshot", "list", "-d", challenger.place());
        assertThat(list.exitCode()).as(list.err()).isZero();
        assertThat(list.out()).contains("candidate: version ");
        assertThat(challenger.current().model()).isEqualTo("halves-challenger");
        assertVersionsRise(challenger);
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        try (SnapshotTopicReader reader = TOPICS.reader(properties)) {
            for (String name : List.of("halves", "halves-challenger")) {
                Awaitility.await()
                        .atMost(LIMIT)
                        .until(() -> reader.aliases(name).isPresent());
            }
        }
    }

    private static boolean isSwapped(StepReport report) {
        return report.model().equals("halves")
                && report.aliases().changes().stream().anyMatch(change -> change.kind() == AliasChange.Kind.SWAP);
    }

    private List<String> verdicts() {
        return reports.stream()
                .filter(report -> report.model().equals("halves-challenger"))
                .flatMap(report -> report.aliases().verdicts().stream())
                .map(verdict -> verdict.reason())
                .toList();
    }

    private static void awaitServed(SnapshotClient client, int layers) {
        Awaitility.await().atMost(LIMIT).until(() -> {
            ServedModel served = client.current();
            return served != null && served.spec().layers().size() == layers;
        });
    }

    private static int layers(Snapshot snapshot) {
        return snapshot.manifest().modelSpec().layers().size();
    }

    private static double loss(Snapshot snapshot) {
        return Double.parseDouble(snapshot.manifest().provenance().get("gate.loss"));
    }

    private static Snapshot champion(SnapshotDirectory published) {
        Aliases aliases = Objects.requireNonNull(published.aliases());
        return published.load(Objects.requireNonNull(aliases.champion()));
    }

    private static void assertVersionsRise(SnapshotDirectory published) {
        SnapshotManifest before = null;
        for (long version : published.versions()) {
            SnapshotManifest manifest = published.manifest(version);
            if (before != null) {
                assertThat(manifest.version()).isGreaterThan(before.version());
                assertThat(manifest.created()).isGreaterThanOrEqualTo(before.created());
            }
            before = manifest;
        }
        assertThat(before).isNotNull();
    }

    private static List<AliasChange> audit(SnapshotDirectory published) throws IOException {
        return Files.readAllLines(Path.of(published.place(), "audit.jsonl")).stream()
                .map(AliasChange::fromJson)
                .toList();
    }

    private static Snapshot awaitPublished(SnapshotDirectory published, long samples) {
        Awaitility.await()
                .atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> published.current().provenance().get("samples").equals(Long.toString(samples)));
        return published.load();
    }

    private static JobClient start(Path file, FailingOnceEngine.Factory engines) throws Exception {
        TrainingConfig config = ConfigLoader.of(file).load();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(FlinkDefaults.job(config));
        TrainingJob.define(env, config, engines);
        return env.executeAsync("challenger");
    }

    /** More and more samples, as the rule wants to see new ones. */
    private StepReport produceUntil(
            KafkaProducer<byte[], byte[]> producer,
            KafkaConsumer<byte[], byte[]> consumer,
            Predicate<StepReport> wanted) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            produce(producer, 50);
            for (StepReport report : read(consumer)) if (wanted.test(report)) return report;
        }
        throw new AssertionError("no such report within " + LIMIT + "; verdicts: " + verdicts());
    }

    private List<StepReport> read(KafkaConsumer<byte[], byte[]> consumer) {
        List<StepReport> read = new ArrayList<>();
        consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(codec.decode(record.value())));
        reports.addAll(read);
        return read;
    }

    /** The challenger's reports come behind the model's. */
    private void awaitVerdict(KafkaConsumer<byte[], byte[]> consumer, String verdict) {
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> read(consumer).isEmpty() && verdicts().contains(verdict));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flush waits for all of them
    private void produce(KafkaProducer<byte[], byte[]> producer, int samples) {
        float[] x = new float[4];
        for (int i = 0; i < samples; i++) {
            for (int k = 0; k < x.length; k++) x[k] = (float) random.nextDouble(-1, 1);
            float[] y = {x[0] > 0 ? 1 : 0};
            producer.send(new ProducerRecord<>("samples", encoder.encode(null, ++produced, 1, x, 4, y, 1)));
        }
        producer.flush();
    }

    private static Path configuration(EmbeddedKafka kafka, Path directory) throws IOException {
        return Files.writeString(directory.resolve("training.yaml"), """
                model:
                  name: halves
                  inputs: 4
                  layers:
                    - dense: {units: 1, activation: sigmoid}
                  loss: binary_crossentropy
                learning-rate: 1e-6
                challenger:
                  model.layers:
                    - dense: {units: 8, activation: relu}
                    - dense: {units: 1, activation: sigmoid}
                  learning-rate: 0.5
                  promotion: when-better
                  min-improvement: 0.1
                  min-samples: 200
                  consecutive: 2
                batch: {size: 16, policy: fixed, max-age: 200 ms}
                metrics.window: 400
                kafka.bootstrap.servers: %s
                source.topics: [samples]
                checkpoint: {interval: 200 ms, directory: "%s"}
                publish:
                  snapshot-topic: parts
                  model-topic: models
                  directory: "%s"
                  retained-versions: 1000
                  gate: {max-regression: 0.2, min-samples: 200}
                report: {topic: reports, interval: 50 ms}
                control.topic: commands
                """.formatted(
                kafka.bootstrapServers(), directory.resolve("checkpoints").toUri(), directory.resolve("published")));
    }

    private static KafkaProducer<byte[], byte[]> producer(EmbeddedKafka kafka) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaConsumer<byte[], byte[]> consumer(EmbeddedKafka kafka) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(new TopicPartition("reports", 0)));
        consumer.seekToBeginning(consumer.assignment());
        return consumer;
    }
}
