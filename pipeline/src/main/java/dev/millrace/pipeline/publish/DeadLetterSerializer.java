package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.pipeline.source.DeadLetter;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** A dead letter as a Kafka record. */
final class DeadLetterSerializer implements KafkaRecordSerializationSchema<DeadLetter> {

    private static final long serialVersionUID = 1L;

    /** Longest message written, in characters: what a record says of itself must not grow the letter. */
    private static final int MAX_MESSAGE = 1_000;

    /**
     * Room for the original key and headers, bytes. A record may have as much of them as of value, in batches that were
     * compressed: a letter with all of it is more than a producer takes, and the job would stop at that record for ever.
     */
    private static final int MAX_KEY_AND_HEADERS = 12 << 10;

    /** The two lengths that Kafka writes with a header take at most this, bytes. */
    private static final int HEADER_LENGTHS = 10;

    private final String topic;
    private final String stage;

    DeadLetterSerializer(String topic, String stage) {
        this.topic = topic;
        this.stage = stage;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            DeadLetter letter, KafkaSinkContext context, @Nullable Long timestamp) {
        return record(letter);
    }

    /**
     * The letter's own timestamp is the time of writing: retention would delete one dated 1970 at once. The key, and each
     * header in order, is there whole if it fits into what room is left, and not at all otherwise.
     */
    ProducerRecord<byte[], byte[]> record(DeadLetter letter) {
        byte[] key = letter.key();
        long all = key == null ? 0 : key.length;
        boolean keyed = all <= MAX_KEY_AND_HEADERS;
        long kept = keyed ? all : 0;
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, keyed ? key : null, letter.value());
        Headers headers = record.headers();
        for (int i = 0; i < letter.headerKeys().length; i++) {
            String name = letter.headerKeys()[i];
            byte[] value = letter.headerValues()[i];
            long size = name.getBytes(UTF_8).length + (value == null ? 0L : value.length) + HEADER_LENGTHS;
            all += size;
            if (kept + size > MAX_KEY_AND_HEADERS) continue;
            kept += size;
            headers.add(name, value);
        }
        add(headers, DeadLetterHeaders.TOPIC, letter.topic());
        add(headers, DeadLetterHeaders.PARTITION, Integer.toString(letter.partition()));
        add(headers, DeadLetterHeaders.OFFSET, Long.toString(letter.offset()));
        add(headers, DeadLetterHeaders.STAGE, stage);
        add(headers, DeadLetterHeaders.REASON, letter.reason());
        add(headers, DeadLetterHeaders.MESSAGE, OneLine.of(letter.detail(), MAX_MESSAGE));
        add(headers, DeadLetterHeaders.TIMESTAMP, Long.toString(letter.timestamp()));
        add(headers, DeadLetterHeaders.VALUE_LENGTH, Integer.toString(letter.valueLength()));
        add(headers, DeadLetterHeaders.DROPPED, Long.toString(all - kept));
        return record;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }
}
