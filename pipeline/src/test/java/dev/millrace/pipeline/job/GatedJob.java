package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.client.kafka.SnapshotTopicReader;
import dev.millrace.model.engine.EngineFactory;
import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.FlinkDefaults;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.ReportCodec;
import dev.millrace.pipeline.publish.SnapshotTopics;
import dev.millrace.pipeline.server.GateOutcome;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A job with a gate, the broker that it needs, and what it publishes: model {@code halves} learns on which side of zero the first
 * of four features lies, from as many samples as a test sends. No version is due and no champion moves while none come.
 */
public final class GatedJob implements AutoCloseable {
    public static final Duration LIMIT = Duration.ofSeconds(60);
    private static final SnapshotTopics TOPICS = new SnapshotTopics("parts", "models");

    private final EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
    private final SplittableRandom random = new SplittableRandom(1);
    private final SampleEncoder encoder = new SampleEncoder(WireFormat.RAW, 0);
    private final List<StepReport> reports = new ArrayList<>();
    private final Path directory;
    private final Path configuration;
    private final SnapshotDirectory published;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private @Nullable JobClient job;
    private long produced;

    /** @param directory for configuration, checkpoints and versions */
    public GatedJob(Path directory) throws Exception {
        for (String topic : List.of("samples", "parts", "models", "reports", "commands")) {
            kafka.createTopic(topic, 1, Map.of());
        }
        this.directory = directory;
        this.configuration = configuration();
        this.published = new SnapshotDirectory(directory.resolve("published"));
        Properties broker = broker();
        this.producer = new KafkaProducer<>(broker, new ByteArraySerializer(), new ByteArraySerializer());
        this.consumer = new KafkaConsumer<>(broker, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(new TopicPartition("reports", 0)));
        consumer.seekToBeginning(consumer.assignment());
    }

    private Properties broker() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        return properties;
    }

    private Path configuration() throws IOException {
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
                        kafka.bootstrapServers(), checkpoints().toUri(), directory.resolve("published")));
    }

    /** Nothing else writes to it. */
    Path checkpoints() {
        return directory.resolve("checkpoints");
    }

    /** The file that commands name. */
    public Path file() {
        return configuration;
    }

    public SnapshotDirectory published() {
        return published;
    }

    /** Begins anew. */
    public void start(String... overrides) throws Exception {
        start(null, null, overrides);
    }

    void start(EngineFactory engines) throws Exception {
        start(null, engines);
    }

    /** Goes on from a savepoint. */
    void resume(String savepoint, String... overrides) throws Exception {
        start(savepoint, null, overrides);
    }

    private void start(@Nullable String savepoint, @Nullable EngineFactory engines, String... overrides)
            throws Exception {
        TrainingConfig config =
                ConfigLoader.of(configuration).overrides(List.of(overrides)).load();
        Configuration flink = FlinkDefaults.job(config);
        if (savepoint != null) flink.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(flink);
        if (engines == null) TrainingJob.define(env, config);
        else TrainingJob.define(env, config, engines);
        job = env.executeAsync("gated");
    }

    String stopWithSavepoint() throws Exception {
        JobClient running = Objects.requireNonNull(job);
        String savepoint = running.stopWithSavepoint(
                        false, directory.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        job = null;
        return savepoint;
    }

    void cancel() throws Exception {
        JobClient running = job;
        job = null;
        if (running != null) running.cancel().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** What the running job fails with. */
    Throwable awaitFailure() throws Exception {
        JobClient running = Objects.requireNonNull(job);
        try {
            running.getJobExecutionResult().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            job = null;
            return e;
        }
        throw new AssertionError("the job came to an end");
    }

    /** Retention passes over the samples before an offset. */
    void forgetSamplesBefore(long offset) throws Exception {
        try (Admin admin = Admin.create(broker())) {
            admin.deleteRecords(Map.of(new TopicPartition("samples", 0), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        }
    }

    /** @param learnable whether the label says where the first feature lies, or is noise */
    @SuppressWarnings("FutureReturnValueIgnored") // flush waits for all of them
    public void produce(int samples, boolean learnable) {
        float[] x = new float[4];
        for (int i = 0; i < samples; i++) {
            for (int k = 0; k < x.length; k++) x[k] = (float) random.nextDouble(-1, 1);
            boolean positive = learnable ? x[0] > 0 : random.nextBoolean();
            float[] y = {positive ? 1 : 0};
            producer.send(new ProducerRecord<>("samples", encoder.encode(null, ++produced, 1, x, 4, y, 1)));
        }
        producer.flush();
    }

    /** Until there is a champion, and one before it that a rollback goes back to; all that was sent is learnt and published. */
    public Aliases twoChampions() {
        produce(1_000, true);
        StepReport first = await(report -> report.aliases().champion() != null);
        produce(2_000, true);
        await(report -> moved(first.aliases().champion(), report) && report.totalSamples() == produced);
        Aliases aliases = allPublished();
        assertThat(aliases.previous()).as("what a rollback goes back to").isNotNull();
        return aliases;
    }

    private static boolean moved(@Nullable Long from, StepReport report) {
        return !Objects.equals(report.aliases().champion(), from);
    }

    public void awaitAnotherChampion(@Nullable Long than) {
        await(report -> moved(than, report));
    }

    void awaitLearnt() {
        await(report -> report.totalSamples() == produced);
    }

    /** The next report of which this holds. */
    public StepReport await(Predicate<StepReport> wanted) {
        ReportCodec codec = new ReportCodec();
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            List<StepReport> read = new ArrayList<>();
            consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(codec.decode(record.value())));
            reports.addAll(read);
            for (StepReport report : read) if (wanted.test(report)) return report;
        }
        throw new AssertionError("no such report within " + LIMIT + "; the last: "
                + (reports.isEmpty() ? "none" : reports.get(reports.size() - 1)));
    }

    /** What the gate decided, as far as reports were read. */
    public List<GateOutcome> decisions() {
        return reports.stream()
                .flatMap(report -> report.aliases().decisions().stream())
                .toList();
    }

    /** What the directory shows once a version that has learnt from every sample is in it. */
    public Aliases allPublished() {
        Awaitility.await()
                .atMost(LIMIT)
                .ignoreExceptionsInstanceOf(SnapshotException.class) // before the first version
                .until(() -> published.current().provenance().get("samples").equals(Long.toString(produced)));
        return awaitAliases(aliases ->
                Objects.equals(aliases.candidate(), published.current().version()));
    }

    /** What the directory shows once this holds. */
    public Aliases awaitAliases(Predicate<Aliases> wanted) {
        return Objects.requireNonNull(Awaitility.await()
                .atMost(LIMIT)
                .until(published::aliases, aliases -> aliases != null && wanted.test(aliases)));
    }

    /** Until the directory shows a version above. */
    void awaitVersionAfter(long version) {
        Awaitility.await().atMost(LIMIT).until(() -> published.current().version() > version);
    }

    /** Until the running job has taken so many. */
    void awaitCheckpoints(int count) {
        Path own = checkpoints().resolve(Objects.requireNonNull(job).getJobID().toString());
        Awaitility.await().atMost(LIMIT).until(() -> newestCheckpoint(own) >= count);
    }

    private static int newestCheckpoint(Path ofJob) throws IOException {
        if (!Files.isDirectory(ofJob)) return 0;
        try (Stream<Path> files = Files.list(ofJob)) {
            return files.filter(path -> Files.exists(path.resolve("_metadata")))
                    .map(path -> path.getFileName().toString())
                    .mapToInt(name -> Integer.parseInt(name.substring("chk-".length())))
                    .max()
                    .orElse(0);
        }
    }

    /** Until the model topic shows a version above; its sink commits when it does. */
    void awaitOnTheTopic(long above) {
        try (SnapshotTopicReader reader = TOPICS.reader(broker())) {
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> reader.newest("halves")
                            .filter(newest -> newest.version() > above)
                            .isPresent());
        }
    }

    Aliases aliasesOnTheTopic() {
        try (SnapshotTopicReader reader = TOPICS.reader(broker())) {
            return reader.aliases("halves").orElseThrow();
        }
    }

    /** Every change of the champion or its pin. */
    public List<AliasChange> audited() throws IOException {
        return Files.readAllLines(Path.of(published.place(), SnapshotDirectory.AUDIT)).stream()
                .map(AliasChange::fromJson)
                .toList();
    }

    public AliasChange lastAudited() throws IOException {
        List<AliasChange> changes = audited();
        return changes.get(changes.size() - 1);
    }

    @Override
    public void close() {
        try {
            cancel();
        } catch (Exception e) { // it has failed: what it said then is what the test is told
            throw new IllegalStateException(e);
        } finally {
            producer.close();
            consumer.close();
            kafka.close();
        }
    }
}
