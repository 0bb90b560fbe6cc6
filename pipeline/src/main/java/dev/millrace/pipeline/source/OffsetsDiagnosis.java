package dev.millrace.pipeline.source;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Names the offsets that are out of range, what the topics hold, and what to do. */
final class OffsetsDiagnosis implements Diagnosis {
    private static final long serialVersionUID = 1L;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Properties kafka;

    /** @param kafka consumer settings with {@code bootstrap.servers} */
    OffsetsDiagnosis(Properties kafka) {
        this.kafka = kafka;
    }

    /** A {@link SuppressRestartsException} around an {@link OffsetsOutOfRangeException}: it would fail so each time. */
    @Override
    public RuntimeException of(RuntimeException failure) {
        OffsetOutOfRangeException lost = ExceptionUtils.findThrowable(failure, OffsetOutOfRangeException.class)
                .orElse(null);
        if (lost == null) return failure;
        OffsetsOutOfRangeException said = new OffsetsOutOfRangeException("The job is to go on where its topics hold no"
                + " records: " + places(lost.offsetOutOfRangePartitions()) + ". Either retention deleted records before"
                + " the job read them, or the topic was made anew. To accept the gap and keep the model, start as"
                + " before, from the same checkpoint, with source.offsets-out-of-range: earliest (at the oldest record) or"
                + " latest (at the end).");
        said.addSuppressed(lost);
        return new SuppressRestartsException(said);
    }

    private String places(Map<TopicPartition, Long> wanted) {
        StringBuilder text = new StringBuilder();
        Map<TopicPartition, String> held = held(wanted);
        wanted.forEach((partition, offset) -> text.append(text.isEmpty() ? "" : "; ")
                .append("offset ")
                .append(offset)
                .append(" of topic ")
                .append(partition.topic())
                .append(", partition ")
                .append(partition.partition())
                .append(", which ")
                .append(held.getOrDefault(partition, "does not say what it holds")));
        return text.toString();
    }

    /** What partitions hold now; nothing if the brokers do not say. */
    private Map<TopicPartition, String> held(Map<TopicPartition, Long> wanted) {
        Map<TopicPartition, String> held = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(wanted.keySet(), TIMEOUT);
            consumer.beginningOffsets(wanted.keySet(), TIMEOUT).forEach((partition, first) -> {
                long end = ends.getOrDefault(partition, first);
                held.put(
                        partition,
                        end > first ? "holds " + first + ".." + (end - 1) : "is empty and goes on with " + end);
            });
        } catch (KafkaException e) {
            // The failure that this explains is the one to tell of.
            return Map.of();
        }
        return held;
    }
}
