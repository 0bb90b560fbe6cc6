package dev.millrace.model.client.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Committed records of one topic at a time, without a group: nobody else's reading is touched. Not thread-safe. */
final class CommittedRecords implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    /** Without any record, while there should be some: the brokers are away. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

    /** How old what is known of the partitions may become. */
    private static final String METADATA_MILLIS = "60000";

    /** Longer than a new leader of a partition may take to learn how far its readers were. */
    private static final Duration BEYOND = Duration.ofSeconds(2);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private String topic = "";
    private @Nullable Long beyondSince; // when the topic was first seen to end before what was read, in nanoseconds

    /** @param kafka consumer settings with {@code bootstrap.servers} */
    CommittedRecords(Properties kafka) {
        Properties properties = new Properties();
        properties.putAll(kafka);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.putIfAbsent(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, METADATA_MILLIS);
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), UTF_8);
    }

    /** Begins a topic, at a time in milliseconds since the epoch, or at its beginning if that is 0 or below. */
    void assign(String topic, long fromMillis) {
        List<PartitionInfo> known = consumer.partitionsFor(topic);
        if (known == null || known.isEmpty()) throw new UnknownTopicOrPartitionException("There is no topic " + topic);
        List<TopicPartition> partitions = known.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        this.topic = topic;
        beyondSince = null;
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        if (fromMillis > 0) seek(partitions, fromMillis);
    }

    private void seek(List<TopicPartition> partitions, long fromMillis) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, fromMillis));
        consumer.offsetsForTimes(times).forEach((partition, offset) -> {
            long begin = offset == null ? ends.getOrDefault(partition, 0L) : offset.offset();
            consumer.seek(partition, begin);
        });
    }

    /** Whether the topic has other partitions than when it was begun, or was deleted and made anew: it must be begun again. */
    boolean hasChanged() {
        Long since = beyondSince;
        if (since != null && System.nanoTime() - since >= BEYOND.toNanos()) return true;
        List<PartitionInfo> known = consumer.partitionsFor(topic);
        return known == null || known.size() != consumer.assignment().size();
    }

    /**
     * Reads on to what is the end at this moment.
     *
     * @throws TimeoutException if the brokers say nothing for too long
     */
    void readToTheEnd(Consumer<ConsumerRecord<byte[], byte[]>> each) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        long heard = System.nanoTime();
        boolean beyond = ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) > end.getValue());
        if (!beyond) {
            beyondSince = null;
        } else if (beyondSince == null) {
            beyondSince = heard;
        }
        long reached = -1;
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            records.forEach(each);
            // Positions move without records, too: over those of aborted transactions.
            long now = ends.keySet().stream().mapToLong(consumer::position).sum();
            if (now != reached) heard = System.nanoTime();
            reached = now;
            if (System.nanoTime() - heard > LONGEST_SILENCE.toNanos()) {
                throw new TimeoutException("nothing came from the brokers for " + LONGEST_SILENCE);
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
