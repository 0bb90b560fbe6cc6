package dev.millrace.pipeline.benchmark;

import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.ReportCodec;
import dev.millrace.pipeline.server.StepReport;
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

/** Training jobs over a full topic, and how fast they were. */
final class JobRuns {
    private JobRuns() {}

    /**
     * Samples per second until the last sample.
     *
     * @param round makes the run's reports its own
     * @param leftOut the part of the samples, from the first on, that does not count; nor does the first second
     */
    static double samplesPerSecond(
            EmbeddedKafka kafka, String topic, ConfigLoader configuration, int round, double leftOut) throws Exception {
        Path directory = Files.createTempDirectory("millrace-benchmark-");
        String reports = "reports-" + topic + "-" + (round + 2);
        kafka.createTopic(reports, 1, Map.of());
        TrainingJob.run(configuration
                .overrides(List.of("source.bounded=true", "report.interval=200 ms"))
                .override("kafka.bootstrap.servers", kafka.bootstrapServers())
                .override("source.topics", List.of(topic))
                .override("report.topic", reports)
                .override("publish.directory", directory.resolve("published").toString())
                .override("checkpoint.directory", directory.toUri().toString())
                .load());
        List<StepReport> read = read(kafka, reports);
        StepReport first = read.get(0);
        StepReport last = read.get(read.size() - 1);
        for (StepReport report : read) {
            boolean early = report.time() <= read.get(0).time() + 1000;
            if (early || report.totalSamples() <= leftOut * last.totalSamples()) first = report;
        }
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
}
