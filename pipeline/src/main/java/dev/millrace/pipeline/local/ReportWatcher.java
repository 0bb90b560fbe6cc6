package dev.millrace.pipeline.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.publish.PublishedVersion;
import dev.millrace.pipeline.publish.ReportCodec;
import dev.millrace.pipeline.server.StepReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** The thread that reads what the job reports and publishes, as any other reader of these topics would. */
final class ReportWatcher implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(500);
    private static final long JOIN_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final @Nullable String reportTopic;
    private final @Nullable String modelTopic;
    private final String model;
    private final LiveHistory history;
    private final ReportCodec reports = new ReportCodec();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private final ReportLog log;
    private volatile boolean closing;

    private ReportWatcher(TrainingConfig config, ReportLog log) {
        this.log = log;
        this.reportTopic = config.report().topic();
        this.modelTopic = config.publish().modelTopic();
        this.model = String.valueOf(config.model().get("name"));
        this.history = new LiveHistory(model);
        Properties properties = config.kafka().source();
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.thread = new Thread(this::read, "report-watcher");
        thread.setDaemon(true);
    }

    /** Begins with what is written from now on. */
    static ReportWatcher start(TrainingConfig config, ReportLog log) {
        ReportWatcher watcher = new ReportWatcher(config, log);
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : new String[] {watcher.reportTopic, watcher.modelTopic}) {
            if (topic != null) {
                partitions.add(new TopicPartition(topic, 0));
            }
        }
        watcher.consumer.assign(partitions);
        watcher.consumer.seekToEnd(partitions);
        watcher.thread.start();
        return watcher;
    }

    /** What was read so far; goes on changing. */
    LiveHistory history() {
        return history;
    }

    /** Ends when it is to close and nothing more is there. */
    private void read() {
        try (consumer) {
            ConsumerRecords<byte[], byte[]> records;
            do {
                records = consumer.poll(POLL);
                records.forEach(this::take);
            } while (!closing || !records.isEmpty());
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(reportTopic)) {
            StepReport report = reports.decode(record.value());
            if (!report.model().equals(model)) return; // the challenger's
            history.add(report);
            log.add(report);
        } else if (Arrays.equals(record.key(), model.getBytes(UTF_8))) {
            history.published(PublishedVersion.of(record.value()), record.timestamp());
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
