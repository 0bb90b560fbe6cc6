package dev.millrace.pipeline.preflight;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the newest records of a topic, and commits nothing. */
public final class NewestRecords {
    private final Properties properties = new Properties();
    private final Duration timeout;

    /**
     * @param kafka consumer settings with {@code bootstrap.servers}
     * @param timeout after which what has come must do
     */
    public NewestRecords(Properties kafka, Duration timeout) {
        properties.putAll(kafka);
        properties.put("enable.auto.commit", "false");
        this.timeout = timeout;
    }

    /**
     * Hands over the records of each partition in its order.
     *
     * @param limit how many of each partition, at most
     * @throws org.apache.kafka.common.KafkaException in the words of {@link KafkaFailure}
     */
    public void read(String topic, int limit, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
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
                consumer.seek(partition, Math.max(begin == null ? 0 : begin, end - limit));
            });
            readTo(ends, consumer, sink);
        }
    }

    private void readTo(
            Map<TopicPartition, Long> ends,
            KafkaConsumer<byte[], byte[]> consumer,
            Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (System.nanoTime() < deadline
                && ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey(), timeout) < e.getValue())) {
            consumer.poll(Duration.ofMillis(100)).forEach(sink);
        }
    }
}
