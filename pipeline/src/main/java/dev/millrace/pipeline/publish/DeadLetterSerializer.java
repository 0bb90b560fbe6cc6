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

    /** The letter's own timestamp is the time of writing: retention would delete one dated 1970 at once. */
    ProducerRecord<byte[], byte[]> record(DeadLetter letter) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, letter.key(), letter.value());
        Headers headers = record.headers();
        for (int i = 0; i < letter.headerKeys().length; i++) {
            headers.add(letter.headerKeys()[i], letter.headerValues()[i]);
        }
        add(headers, DeadLetterHeaders.TOPIC, letter.topic());
        add(headers, DeadLetterHeaders.PARTITION, Integer.toString(letter.partition()));
        add(headers, DeadLetterHeaders.OFFSET, Long.toString(letter.offset()));
        add(headers, DeadLetterHeaders.STAGE, stage);
        add(headers, DeadLetterHeaders.REASON, letter.reason());
        add(headers, DeadLetterHeaders.MESSAGE, OneLine.of(letter.detail(), MAX_MESSAGE));
        add(headers, DeadLetterHeaders.TIMESTAMP, Long.toString(letter.timestamp()));
        add(headers, DeadLetterHeaders.VALUE_LENGTH, Integer.toString(letter.valueLength()));
        return record;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }
}
