package dev.millrace.pipeline.source;

import dev.millrace.schemas.wire.Rejection;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Makes dead letters of Kafka records. */
final class DeadLetters {
    private DeadLetters() {}

    /** @param maxBytes how much of the value is kept; its true length is kept in any case */
    static DeadLetter of(ConsumerRecord<byte[], byte[]> record, Rejection rejection, int maxBytes) {
        Header[] headers = record.headers().toArray();
        String[] keys = new String[headers.length];
        byte[][] values = new byte[headers.length][];
        for (int i = 0; i < headers.length; i++) {
            keys[i] = headers[i].key();
            values[i] = headers[i].value();
        }
        byte[] value = record.value();
        return new DeadLetter(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                rejection.reason().name(),
                rejection.detail(),
                record.key(),
                cut(value, maxBytes),
                value == null ? 0 : value.length,
                keys,
                values);
    }

    private static byte @Nullable [] cut(byte @Nullable [] value, int maxBytes) {
        return value == null || value.length <= maxBytes ? value : Arrays.copyOf(value, maxBytes);
    }
}
