package dev.millrace.pipeline.deadletter;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads topics from a time to their present end: what is written meanwhile is not seen, so that a replay does not read
 * what it caused. Committed records only; commits nothing itself. Not thread safe.
 */
final class TopicScan implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Duration timeout;

    /**
     * @param kafka consumer settings with {@code bootstrap.servers}
     * @param timeout how long the brokers may be silent
     */
    TopicScan(Properties kafka, Duration timeout) {
        Properties properties = new Properties();
        properties.putAll(kafka);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(timeout.toMillis()));
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.timeout = timeout;
    }

    /** Partitions of a topic; none if there is no such topic. */
    int partitions(String topic) {
        List<PartitionInfo> partitions = consumer.partitionsFor(topic);
        return partitions == null ? 0 : partitions.size();
    }

    /**
     * Hands over the records of each partition in its order.
     *
     * @param since the oldest timestamp that matters, milliseconds since the epoch; older records may come too
     * @param more says whether to go on
     * @param passing called after each record, and at least every {@link #POLL} while none comes
     * @throws TimeoutException if the brokers fall silent
     */
    void read(String topic, long since, Predicate<ConsumerRecord<byte[], byte[]>> more, Runnable passing) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        if (since > 0) seek(partitions, ends, since);
        long heard = System.nanoTime();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                Long end = ends.get(new TopicPartition(topic, record.partition()));
                if (end != null && record.offset() < end && !more.test(record)) return;
                passing.run();
            }
            if (records.isEmpty()) passing.run();
            if (!records.isEmpty()) heard = System.nanoTime();
            if (System.nanoTime() - heard > timeout.toNanos()) {
                throw new TimeoutException("topic " + topic + " gave nothing for " + timeout.toSeconds() + " s");
            }
        }
    }

    /** The first record of a partition that is young enough has only older ones before it. */
    private void seek(List<TopicPartition> partitions, Map<TopicPartition, Long> ends, long since) {
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, since));
        consumer.offsetsForTimes(times)
                .forEach((partition, found) ->
                        consumer.seek(partition, found == null ? ends.getOrDefault(partition, 0L) : found.offset()));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
