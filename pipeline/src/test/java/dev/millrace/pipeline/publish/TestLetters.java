package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.source.DeadLetter;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Dead letters as the job writes them. */
public final class TestLetters {

    private TestLetters() {}

    /** A letter on its way to its topic. */
    public static ProducerRecord<byte[], byte[]> record(String topic, DeadLetter letter) {
        return new DeadLetterSerializer(topic, "decode").record(letter);
    }

    /** Of a record without key and headers, whole. */
    public static DeadLetter of(String topic, int partition, long offset, String reason, byte[] value) {
        return new DeadLetter(
                topic,
                partition,
                offset,
                1_700_000_000_000L + offset,
                reason,
                "expected this.\nReceived: that",
                null,
                value,
                value.length,
                new String[0],
                new byte[0][]);
    }
}
