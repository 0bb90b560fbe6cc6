package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.engine.EngineFactory;
import dev.millrace.model.engine.Engines;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.FlinkDefaults;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.ReportCodec;
import dev.millrace.pipeline.server.StepReport;
import dev.millrace.schemas.wire.SampleEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The controller in the running job: a stream whose labels turn round in the middle. */
@Timeout(180)
class AdaptiveBatchTest {
    private static final int BEFORE = 120_000;
    private static final int SAMPLES = 240_000;
    private static final int FIRST_BATCH = 16;

    @Test
    void theBatchGrowsAsTheLossSettlesAndBeginsAnewWhenTheStreamDrifts(@TempDir Path directory) throws Exception {
        List<StepReport> reports = train(directory, Engines.factory("nd4j"), "auto", 500);

        List<StepReport> before =
                reports.stream().filter(r -> r.totalSamples() <= BEFORE).toList();
        List<StepReport> after =
                reports.stream().filter(r -> r.totalSamples() > BEFORE).toList();
        StepReport settled = before.get(before.size() - 1);
        StepReport last = after.get(after.size() - 1);
        assertThat(settled.batchSize()).isGreaterThanOrEqualTo(4 * FIRST_BATCH);
        assertThat(settled.batch().noiseScale()).isGreaterThan(0);
        assertThat(settled.batch().drifts()).isZero();
        assertThat(last.batch().drifts()).isPositive();
        assertThat(after)
                .as("reports of a batch that fell back")
                .anyMatch(r -> r.batch().drifts() > 0 && r.batchSize() < settled.batchSize() / 2);
        assertThat(last.accuracy()).as("on the labels that turned round").isGreaterThan(0.85);
        assertThat(last.totalSamples()).isEqualTo(SAMPLES);
        assertThat(last.steps()).as("steps, had the batch not grown").isLessThan(SAMPLES / FIRST_BATCH / 2);
    }

    @Test
    void afterAFailureTheControllerGoesOnWithWhatItKnew(@TempDir Path directory) throws Exception {
        Path checkpoints = Files.createDirectory(directory.resolve("checkpoints"));
        FailingOnceEngine.Factory engines = new FailingOnceEngine.Factory(BEFORE / 2, checkpoints.toString());

        List<StepReport> reports = train(directory, engines, "schedule", 1);

        assertThat(engines.hasFailed()).as("failed, or nothing was tested").isTrue();
        long firstLife = reports.get(0).incarnation();
        StepReport next = reports.stream()
                .filter(r -> r.incarnation() != firstLife)
                .findFirst()
                .orElseThrow();
        assertThat(next.totalSamples()).as("of a checkpoint, and no drift yet").isBetween(8_000L, (long) BEFORE);
        assertThat(next.batch().statisticalSize())
                .as("samples since the last drift / 128, or what a backlog raises it to; who forgot would begin at 16")
                .isGreaterThanOrEqualTo(next.totalSamples() / 128.0);
        assertThat(reports.get(reports.size() - 1).totalSamples()).isEqualTo(SAMPLES);
        assertThat(reports.get(reports.size() - 1).batch().drifts()).isPositive();
    }

    private static List<StepReport> train(Path directory, EngineFactory engines, String policy, int reportSamples)
            throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            kafka.createTopic("samples", 1, Map.of());
            kafka.createTopic("reports", 1, Map.of());
            produce(kafka);
            TrainingConfig config = config(kafka, directory, policy, reportSamples);
            StreamExecutionEnvironment env =
                    StreamExecutionEnvironment.getExecutionEnvironment(FlinkDefaults.job(config));
            TrainingJob.define(env, config, engines);
            env.execute();
            return reports(kafka);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flush waits for all of them
    private static void produce(EmbeddedKafka kafka) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("linger.ms", "20");
        SampleEncoder encoder = new SampleEncoder(WireFormat.RAW, 0);
        SplittableRandom random = new SplittableRandom(1);
        float[] x = new float[4];
        float[] y = new float[1];
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < SAMPLES; i++) {
                for (int k = 0; k < x.length; k++) x[k] = (float) random.nextDouble(-1, 1);
                boolean truth = x[0] + x[1] > 0 == i < BEFORE;
                boolean told = random.nextInt(20) == 0 ? !truth : truth; // 5 % of the labels are wrong
                y[0] = told ? 1 : 0;
                producer.send(new ProducerRecord<>("samples", encoder.encode(null, 1 + i, 1, x, 4, y, 1)));
            }
            producer.flush();
        }
    }

    private static TrainingConfig config(EmbeddedKafka kafka, Path directory, String policy, int reportSamples)
            throws Exception {
        Path file = directory.resolve("training.yaml");
        Files.writeString(file, """
                model:
                  name: halves
                  inputs: 4
                  layers:
                    - dense: {units: 1, activation: sigmoid}
                  loss: binary_crossentropy
                learning-rate: 0.3
                batch: {policy: %s, size: %d}
                metrics.window: 5000
                kafka.bootstrap.servers: %s
                source: {topics: [samples], bounded: true}
                checkpoint: {interval: 200 ms, directory: "%s"}
                publish.directory: %s
                report: {topic: reports, samples: %d}
                flink.restart-strategy.exponential-delay.initial-backoff: 100 ms
                """.formatted(
                        policy,
                        FIRST_BATCH,
                        kafka.bootstrapServers(),
                        directory.resolve("checkpoints").toUri(),
                        directory.resolve("published"),
                        reportSamples));
        return ConfigLoader.of(file).overrides(List.of()).load();
    }

    private static List<StepReport> reports(EmbeddedKafka kafka) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        List<StepReport> reports = new ArrayList<>();
        ReportCodec codec = new ReportCodec();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition("reports", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    reports.add(codec.decode(record.value()));
                }
            }
        }
        return reports;
    }
}
