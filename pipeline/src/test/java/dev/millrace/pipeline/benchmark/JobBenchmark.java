package dev.millrace.pipeline.benchmark;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.ReportCodec;
import dev.millrace.pipeline.server.StepReport;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The whole job from Kafka against a Python loop (confluent-kafka and PyTorch) on the same topic in the same run:
 * samples per second, mini-batches of 256, synchronous, one worker; the broker is in this process and shares its cores.
 * A job runs for months, so it is measured warm: each job runs twice before, unmeasured, and the first second of each run
 * does not count either.
 */
public final class JobBenchmark {
    private static final int BATCH = 256;

    private JobBenchmark() {}

    /** Arguments: the Python script, rounds, samples of 32 features, samples of 784 features. */
    public static void main(String[] args) throws Exception {
        Path script = Path.of(args[0]);
        int rounds = Integer.parseInt(args[1]);
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            Benchmarks.fill(kafka, "narrow", Integer.parseInt(args[2]), 32, 2);
            Benchmarks.fill(kafka, "wide", Integer.parseInt(args[3]), 784, 10);
            for (int warmUp = 1; warmUp <= 2; warmUp++) {
                job(kafka, "narrow", Benchmarks.clicks(), -warmUp);
                job(kafka, "wide", Benchmarks.digits(), -warmUp);
            }
            for (int round = 0; round < rounds; round++) {
                compare(kafka, script, "narrow", Benchmarks.clicks(), "32-64-32-1", round);
                compare(kafka, script, "wide", Benchmarks.digits(), "784-128-10", round);
            }
        }
        System.exit(0);
    }

    private static void compare(EmbeddedKafka kafka, Path script, String topic, ModelSpec spec, String name, int round)
            throws Exception {
        double python = python(kafka, script, topic, spec.inputs(), name);
        double ours = job(kafka, topic, spec, round);
        System.out.printf(
                "%-12s job %,9.0f samples/s   Python %,9.0f samples/s   ratio %.2f%n",
                name, ours, python, ours / python);
    }

    private static double job(EmbeddedKafka kafka, String topic, ModelSpec spec, int round) throws Exception {
        Path directory = Files.createTempDirectory("millrace-benchmark-");
        String reports = "reports-" + topic + "-" + (round + 2);
        kafka.createTopic(reports, 1, Map.of());
        TrainingJob.run(ConfigLoader.withoutFile()
                .overrides(List.of(
                        "batch.policy=fixed", "batch.size=" + BATCH, "source.bounded=true", "report.interval=200 ms"))
                .override("model", spec.toTree())
                .override("kafka.bootstrap.servers", kafka.bootstrapServers())
                .override("source.topics", List.of(topic))
                .override("report.topic", reports)
                .override("checkpoint.directory", directory.toUri().toString())
                .load());
        List<StepReport> read = read(kafka, reports);
        StepReport first = read.get(0);
        for (StepReport report : read) {
            if (report.time() <= read.get(0).time() + 1000) first = report;
        }
        StepReport last = read.get(read.size() - 1);
        return (last.totalSamples() - first.totalSamples()) * 1000.0 / (last.time() - first.time());
    }

    private static List<StepReport> read(EmbeddedKafka kafka, String topic) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        List<StepReport> reports = new ArrayList<>();
        ReportCodec codec = new ReportCodec();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
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

    private static double python(EmbeddedKafka kafka, Path script, String topic, int features, String model)
            throws Exception {
        Process process = new ProcessBuilder(
                        "/usr/bin/python3",
                        script.toString(),
                        kafka.bootstrapServers(),
                        topic,
                        Integer.toString(features),
                        model,
                        Integer.toString(BATCH))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            if (process.waitFor() != 0 || line == null) throw new IllegalStateException("the Python loop failed");
            return Double.parseDouble(line);
        }
    }
}
