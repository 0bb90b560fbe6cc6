package dev.millrace.pipeline.preflight;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.source.SampleCheck;
import dev.millrace.pipeline.source.SampleReading;
import dev.millrace.schemas.wire.Rejection;
import dev.millrace.schemas.wire.RejectionReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the newest records of the sample topics as the job would: do they decode, and do they fit the model? */
public final class SamplePreflight {
    private final TrainingConfig config;
    private final Duration timeout;
    private final SampleCheck check;
    private final Map<RejectionReason, Integer> refused = new EnumMap<>(RejectionReason.class);
    private int read;
    private String example = "";

    private SamplePreflight(TrainingConfig config, Duration timeout) {
        this.config = config;
        this.timeout = timeout;
        this.check = new SampleCheck(new SampleReading(
                ModelSpec.of(config.model()).toJson(),
                config.source().wireFormat(),
                config.source().schemaDirectory(),
                config.sample().maxBytes(),
                config.sample().maxFuture().toMillis(),
                config.deadLetter().maxValueBytes()));
    }

    /**
     * @param records how many to read of each partition, the newest
     * @param timeout after which what has come is judged
     * @return one finding per topic
     */
    public static List<Finding> run(TrainingConfig config, int records, Duration timeout) {
        List<Finding> findings = new ArrayList<>();
        for (String topic : config.source().topics()) {
            String subject = "samples in " + topic;
            try {
                findings.add(new SamplePreflight(config, timeout).look(subject, topic, records));
            } catch (KafkaException e) {
                findings.add(Finding.error(subject, KafkaFailure.explain(e)));
            } catch (IllegalArgumentException e) { // the schema directory
                findings.add(Finding.error(subject, String.valueOf(e.getMessage())));
            }
        }
        return findings;
    }

    private Finding look(String subject, String topic, int records) {
        Properties properties = config.kafka().source();
        properties.put("enable.auto.commit", "false");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic, timeout).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, timeout);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, timeout);
            consumer.assign(partitions);
            ends.forEach((partition, end) -> {
                Long begin = begins.get(partition);
                consumer.seek(partition, Math.max(begin == null ? 0 : begin, end - records));
            });
            readTo(ends, consumer);
        }
        return judgement(subject);
    }

    private void readTo(Map<TopicPartition, Long> ends, KafkaConsumer<byte[], byte[]> consumer) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (System.nanoTime() < deadline
                && ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey(), timeout) < e.getValue())) {
            consumer.poll(Duration.ofMillis(100)).forEach(this::judge);
        }
    }

    private void judge(ConsumerRecord<byte[], byte[]> record) {
        Rejection rejection = check.check(record.value(), record.timestamp());
        if (rejection != null && rejection.reason() == RejectionReason.TOMBSTONE) return;
        read++;
        if (rejection == null) return;
        if (refused.isEmpty()) {
            example =
                    record.partition() + "-" + record.offset() + ": " + rejection.reason() + ", " + rejection.detail();
        }
        refused.merge(rejection.reason(), 1, Integer::sum);
    }

    private Finding judgement(String subject) {
        if (read == 0) return Finding.ok(subject, "none yet");
        if (refused.isEmpty()) return Finding.ok(subject, "the newest " + read + " fit the model");
        int bad = refused.values().stream().mapToInt(Integer::intValue).sum();
        String text = bad + " of the newest " + read + " would be refused " + refused + "; partition-offset " + example;
        return bad == read ? Finding.error(subject, text) : Finding.warning(subject, text);
    }
}
