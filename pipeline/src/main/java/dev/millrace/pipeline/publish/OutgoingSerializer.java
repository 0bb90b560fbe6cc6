package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Sends all records of a model to the partition of its name, in any topic: the parts of a version keep their order,
 * and a reader looks in one place.
 */
final class OutgoingSerializer implements KafkaRecordSerializationSchema<OutgoingRecord> {

    private static final long serialVersionUID = 1L;

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            OutgoingRecord record, KafkaSinkContext context, @Nullable Long timestamp) {
        int partitions = context.getPartitionsForTopic(record.topic()).length;
        return new ProducerRecord<>(
                record.topic(), partition(record.model().getBytes(UTF_8), partitions), record.key(), record.value());
    }

    /** Of so many, the one where a model's records lie. */
    static int partition(byte[] model, int partitions) {
        return Utils.toPositive(Utils.murmur2(model)) % partitions;
    }
}
