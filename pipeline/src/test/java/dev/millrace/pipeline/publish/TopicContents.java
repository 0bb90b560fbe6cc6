package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.local.EmbeddedKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What a reader finds in a topic now. */
public final class TopicContents {

    private TopicContents() {}

    /** Committed records of the first partition. */
    public static List<ConsumerRecord<byte[], byte[]>> of(EmbeddedKafka kafka, String topic) {
        return of(kafka, new TopicPartition(topic, 0), "read_committed");
    }

    /** Records of a partition that a reader of an isolation level sees. */
    public static List<ConsumerRecord<byte[], byte[]>> of(
            EmbeddedKafka kafka, TopicPartition partition, String isolation) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = reader(kafka, isolation)) {
            consumer.assign(List.of(partition));
            long end = end(consumer, partition);
            consumer.seekToBeginning(List.of(partition));
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /** Whether no transaction keeps a reader of committed records from the end of a partition. */
    public static boolean isSettled(EmbeddedKafka kafka, TopicPartition partition) {
        try (KafkaConsumer<byte[], byte[]> committed = reader(kafka, "read_committed");
                KafkaConsumer<byte[], byte[]> all = reader(kafka, "read_uncommitted")) {
            return end(committed, partition) == end(all, partition);
        }
    }

    private static KafkaConsumer<byte[], byte[]> reader(EmbeddedKafka kafka, String isolation) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", isolation),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** With read_committed it is the last stable offset: what lies behind an open transaction is not seen. */
    private static long end(KafkaConsumer<byte[], byte[]> reader, TopicPartition partition) {
        return reader.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }
}
