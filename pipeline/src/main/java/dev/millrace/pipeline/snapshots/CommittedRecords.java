package dev.millrace.pipeline.snapshots;

import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.pipeline.config.KafkaConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Everything committed in a topic, from its beginning to its end at the time of asking. */
final class CommittedRecords {
    private final KafkaConfig kafka;
    private final Duration timeout;

    CommittedRecords(KafkaConfig kafka, Duration timeout) {
        this.kafka = kafka;
        this.timeout = timeout;
    }

    /** @throws SnapshotException if the brokers fall silent before the end */
    void forEach(String topic, Consumer<byte[]> values) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic, timeout).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, timeout);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long deadline = System.nanoTime() + timeout.toNanos();
            while (!isAtEnd(consumer, ends)) {
                var polled = consumer.poll(Duration.ofMillis(200));
                polled.forEach(record -> {
                    if (record.value() != null) values.accept(record.value());
                });
                if (!polled.isEmpty()) deadline = System.nanoTime() + timeout.toNanos();
                if (System.nanoTime() > deadline) {
                    throw new SnapshotException("Topic " + topic + " could not be read to its end: nothing came for "
                            + timeout.toSeconds() + " s");
                }
            }
        }
    }

    private boolean isAtEnd(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            if (consumer.position(end.getKey(), timeout) < end.getValue()) return false;
        }
        return true;
    }

    private Properties properties() {
        Properties properties = kafka.source();
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "earliest");
        return properties;
    }
}
