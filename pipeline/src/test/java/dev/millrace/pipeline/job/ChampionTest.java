package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.client.kafka.SnapshotTopicReader;
import dev.millrace.model.engine.EngineFactory;
import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotDirectory;
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
import java.util.concurrent.locks.LockSupport;
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

/** A stream whose labels turn into noise, a gate, people who move the champion, and a worker that fails meanwhile. */
@Timeout(240)
class ChampionTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final SnapshotTopics TOPICS = new SnapshotTopics("parts", "models");

    private final SplittableRandom random = new SplittableRandom(1);
    private final SampleEncoder encoder = new SampleEncoder(WireFormat.RAW, 0);
    private final List<StepReport> reports = new ArrayList<>();
    private long produced;

    @Test
    void badCandidatesDoNotMoveItAndPeopleDo(@TempDir Path directory) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            for (String topic : List.of("samples", "parts", "models", "reports", "commands")) {
                kafka.createTopic(topic, 1, Map.of());
            }
            Path file = configuration(kafka, directory);
            SnapshotDirectory published = new SnapshotDirectory(directory.resolve("published"));
            FailingOnceEngine.Factory failing = new FailingOnceEngine.Factory(
                    4_000, directory.resolve("checkpoints").toString());
            JobClient job = start(file, failing);
            try (AliasWatch watch = new AliasWatch(published);
                    KafkaProducer<byte[], byte[]> producer = producer(kafka);
                    KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
                // Two champions at least: the second is what a rollback takes back.
                produce(producer, 1_000, true);
                StepReport first = await(consumer, report -> report.aliases().champion() != null);
                produce(producer, 2_000, true);
                await(consumer, report -> moved(first, report) && report.totalSamples() == produced);
                Aliases good = allPublished(published);
                assertThat(good.previous()).as("what a rollback goes back to").isNotNull();

                // The worker fails within this, once a checkpoint is there: what was decided meanwhile is decided anew.
                produce(producer, 4_000, false);
                await(consumer, report -> report.totalSamples() == produced);
                Aliases afterNoise = allPublished(published);
                assertThat(failing.hasFailed()).isTrue();
                assertThat(reasons()).contains("worse");
                assertThat(afterNoise.champion()).isEqualTo(good.champion());
                assertThat(afterNoise.candidate()).isGreaterThan(Objects.requireNonNull(good.candidate()));
                assertThat(afterNoise.revision()).isGreaterThan(good.revision());

                rolledBack(file, kafka, published, good);
                promotedByTheGateAgain(producer, consumer, published);
                pinned(file, producer, consumer, published);
                watch.assertNeverAstray();
            } finally {
                job.cancel().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
            offline(published, directory);
        }
    }

    private static boolean moved(StepReport first, StepReport report) {
        return !Objects.equals(report.aliases().champion(), first.aliases().champion());
    }

    /** No samples come, so no version is due: the alias moves with the next checkpoint all the same. */
    private void rolledBack(Path file, EmbeddedKafka kafka, SnapshotDirectory published, Aliases before)
            throws IOException {
        Ran ran =
                Ran.millrace("snapshot", "rollback", "--config", file.toString(), "--reason", "complaints since noon");

        assertThat(ran.out().trim())
                .isEqualTo("halves: champion: version " + before.previous()
                        + "; readers see it when the next checkpoint has completed");
        Aliases after = awaitChampion(published, Objects.requireNonNull(before.previous()));
        assertThat(after.candidate()).isEqualTo(published.current().version());
        AliasChange last = lastAudited(published);
        assertThat(last.kind()).isEqualTo(AliasChange.Kind.ROLLBACK);
        assertThat(last.from()).isEqualTo(before.champion());
        assertThat(last.who()).isEqualTo(System.getProperty("user.name"));
        assertThat(last.reason()).isEqualTo("complaints since noon");
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        try (SnapshotTopicReader reader = TOPICS.reader(properties)) {
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> reader.aliases("halves").orElseThrow().equals(after));
        }
        assertThat(Ran.millrace("snapshot", "rollback", "--config", file.toString())
                        .out())
                .contains("there is no champion before");
        assertThat(Ran.millrace("snapshot", "promote", "999999", "--config", file.toString())
                        .out())
                .contains("refused to promote a version: version must be one that is retained", "Received: 999999");
    }

    private void promotedByTheGateAgain(
            KafkaProducer<byte[], byte[]> producer, KafkaConsumer<byte[], byte[]> consumer, SnapshotDirectory published)
            throws Exception {
        Aliases before = Objects.requireNonNull(published.aliases());
        produce(producer, 4_000, true);

        await(consumer, report -> !Objects.equals(report.aliases().champion(), before.champion()));

        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> lastAudited(published).who().equals(AliasChange.GATE));
    }

    private void pinned(
            Path file,
            KafkaProducer<byte[], byte[]> producer,
            KafkaConsumer<byte[], byte[]> consumer,
            SnapshotDirectory published)
            throws Exception {
        assertThat(Ran.millrace("snapshot", "pin", "--config", file.toString()).exitCode())
                .isZero();
        produce(producer, 500, true);
        await(
                consumer,
                report -> report.aliases().decisions().stream()
                        .anyMatch(decision -> decision.reason().equals("pinned")));
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> Objects.requireNonNull(published.aliases()).pinned());
    }

    /** The job is gone, the directory is not. */
    private static void offline(SnapshotDirectory published, Path directory) throws IOException {
        Aliases before = Objects.requireNonNull(published.aliases());
        String place = directory.resolve("published").toString();

        Ran refused = Ran.millrace("snapshot", "rollback", "--offline", "-d", place);
        Ran ran = Ran.millrace("snapshot", "rollback", "--pin", "--offline", "-d", place, "--reason", "night");

        assertThat(refused.out()).contains("the champion is pinned");
        assertThat(ran.exitCode()).as(ran.err()).isZero();
        Aliases after = Objects.requireNonNull(published.aliases());
        assertThat(after.champion()).isEqualTo(before.previous());
        assertThat(after.revision()).isGreaterThan(before.revision());
        assertThat(lastAudited(published).reason()).isEqualTo("night");
        assertThat(Ran.millrace("snapshot", "list", "-d", place).out())
                .contains(
                        "champion: version " + after.champion() + ", pinned",
                        "candidate: version " + after.candidate());
    }

    private List<String> reasons() {
        return reports.stream()
                .flatMap(report -> report.aliases().decisions().stream())
                .map(decision -> decision.reason())
                .toList();
    }

    /** What the directory shows once a version that has learnt from every sample is in it. */
    private Aliases allPublished(SnapshotDirectory published) {
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> published.current().provenance().get("samples").equals(Long.toString(produced)));
        return Awaitility.await()
                .atMost(LIMIT)
                .until(published::aliases, aliases -> isNewest(published, Objects.requireNonNull(aliases)));
    }

    private static boolean isNewest(SnapshotDirectory published, Aliases aliases) {
        return Objects.equals(aliases.candidate(), published.current().version());
    }

    private static Aliases awaitChampion(SnapshotDirectory published, long champion) {
        return Awaitility.await().atMost(LIMIT).until(published::aliases, aliases -> {
            return aliases != null && Objects.equals(aliases.champion(), champion);
        });
    }

    private static AliasChange lastAudited(SnapshotDirectory published) throws IOException {
        List<String> lines = Files.readAllLines(Path.of(published.place(), "audit.jsonl"));
        return AliasChange.fromJson(lines.get(lines.size() - 1));
    }

    private static JobClient start(Path file, EngineFactory engines) throws Exception {
        TrainingConfig config = ConfigLoader.of(file).overrides(List.of()).load();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(FlinkDefaults.job(config));
        TrainingJob.define(env, config, engines);
        return env.executeAsync("champion");
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flush waits for all of them
    private void produce(KafkaProducer<byte[], byte[]> producer, int samples, boolean learnable) {
        float[] x = new float[4];
        for (int i = 0; i < samples; i++) {
            for (int k = 0; k < x.length; k++) x[k] = (float) random.nextDouble(-1, 1);
            boolean positive = learnable ? x[0] > 0 : random.nextBoolean();
            float[] y = {positive ? 1 : 0};
            producer.send(new ProducerRecord<>("samples", encoder.encode(null, ++produced, 1, x, 4, y, 1)));
        }
        producer.flush();
    }

    private StepReport await(KafkaConsumer<byte[], byte[]> consumer, Predicate<StepReport> wanted) {
        ReportCodec codec = new ReportCodec();
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            List<StepReport> read = new ArrayList<>();
            consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(codec.decode(record.value())));
            reports.addAll(read);
            for (StepReport report : read) if (wanted.test(report)) return report;
        }
        throw new AssertionError("no such report within " + LIMIT + "; the last: " + reports.get(reports.size() - 1));
    }

    private static Path configuration(EmbeddedKafka kafka, Path directory) throws IOException {
        return Files.writeString(directory.resolve("training.yaml"), """
                model:
                  name: halves
                  inputs: 4
                  layers:
                    - dense: {units: 1, activation: sigmoid}
                  loss: binary_crossentropy
                learning-rate: 0.5
                batch: {size: 16, policy: fixed, max-age: 200 ms}
                metrics.window: 400
                kafka.bootstrap.servers: %s
                source.topics: [samples]
                checkpoint: {interval: 200 ms, directory: "%s"}
                publish:
                  snapshot-topic: parts
                  model-topic: models
                  directory: "%s"
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

    /** A reader that looks again and again: revisions rise, and each alias leads to a version that is there. */
    private static final class AliasWatch implements AutoCloseable {
        private static final long PAUSE_NANOS = 2_000_000; // the job wants the cores, too

        private final SnapshotDirectory published;
        private final List<String> astray = new ArrayList<>();
        private final Thread thread = new Thread(this::look, "alias-watch");
        private volatile boolean closing;
        private volatile boolean looked;

        AliasWatch(SnapshotDirectory published) {
            this.published = published;
            thread.start();
        }

        private void look() {
            long revision = 0;
            while (!closing) {
                Aliases aliases = published.aliases();
                if (aliases == null) continue;
                if (aliases.revision() < revision) note("revision " + aliases.revision() + " after " + revision);
                revision = aliases.revision();
                List<Long> versions = published.versions();
                boolean all = versions.containsAll(aliases.versions().values());
                // What was retained when the aliases were read may be gone after a later revision.
                if (!all && aliases.equals(published.aliases())) note(aliases + " with " + versions);
                looked = true;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        private synchronized void note(String problem) {
            astray.add(problem);
        }

        synchronized void assertNeverAstray() {
            assertThat(looked).isTrue();
            assertThat(astray).isEmpty();
        }

        @Override
        public void close() {
            closing = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
