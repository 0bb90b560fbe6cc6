package dev.millrace.pipeline.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.pipeline.publish.DeadLetterHeaders;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record of the dead-letter topic, taken apart.
 *
 * @param place of the letter itself
 * @param written when the letter was, milliseconds since the epoch
 * @param source where the job read the record that it refused
 * @param reason stable code
 * @param detail what was expected and what was received
 * @param timestamp of the original record, milliseconds since the epoch; -1 for none
 * @param valueLength length of the original value in bytes
 * @param dropped how many bytes of the original key and headers the letter had no room for
 * @param key original bytes; null for none, or if it was dropped
 * @param value original bytes, fewer than {@code valueLength} if the letter was cut
 * @param headers original ones, in order and without those that were dropped; without the letter's own and without the mark
 * @param mark of a record that had been replayed before it was refused (again); null for one that had not
 */
public record Letter(
        RecordPosition place,
        long written,
        RecordPosition source,
        String reason,
        String detail,
        long timestamp,
        int valueLength,
        long dropped,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers,
        @Nullable ReplayMark mark) {

    /** The letter that a record holds; null for a record that is none. */
    public static @Nullable Letter of(ConsumerRecord<byte[], byte[]> record) {
        String topic = text(record, DeadLetterHeaders.TOPIC);
        long partition = number(record, DeadLetterHeaders.PARTITION, -1);
        long offset = number(record, DeadLetterHeaders.OFFSET, -1);
        long length = number(record, DeadLetterHeaders.VALUE_LENGTH, -1);
        String reason = text(record, DeadLetterHeaders.REASON);
        if (topic == null || reason == null || partition < 0 || offset < 0 || length < 0) return null;
        RecordPosition source = RecordPosition.parse(topic + "-" + partition + "@" + offset);
        if (source == null || length > Integer.MAX_VALUE) return null;
        String detail = text(record, DeadLetterHeaders.MESSAGE);
        return new Letter(
                new RecordPosition(record.topic(), record.partition(), record.offset()),
                record.timestamp(),
                source,
                reason,
                detail == null ? "" : detail,
                number(record, DeadLetterHeaders.TIMESTAMP, -1),
                (int) length,
                number(record, DeadLetterHeaders.DROPPED, 0),
                record.key(),
                record.value(),
                originalHeaders(record),
                mark(record, source));
    }

    /** Whether value, key or headers are not all there; such a letter cannot become the record again. */
    public boolean truncated() {
        return dropped > 0 || valueLength > (value == null ? 0 : value.length);
    }

    /** The mark that this letter's record gets when it is sent once more. */
    ReplayMark nextMark() {
        return mark == null ? new ReplayMark(1, source) : new ReplayMark(mark.attempt() + 1, mark.first());
    }

    private static List<Header> originalHeaders(ConsumerRecord<byte[], byte[]> record) {
        List<Header> originals = new ArrayList<>();
        for (Header header : record.headers()) {
            String name = header.key();
            if (!name.startsWith(DeadLetterHeaders.PREFIX) && !name.equals(DeadLetterHeaders.REPLAYED)) {
                originals.add(header);
            }
        }
        return originals;
    }

    /** A mark that cannot be read was not written by us; that there is one is reason enough to be careful. */
    private static @Nullable ReplayMark mark(ConsumerRecord<byte[], byte[]> record, RecordPosition source) {
        if (record.headers().lastHeader(DeadLetterHeaders.REPLAYED) == null) return null;
        String text = text(record, DeadLetterHeaders.REPLAYED);
        ReplayMark mark = text == null ? null : ReplayMark.parse(text);
        return mark == null ? new ReplayMark(1, source) : mark;
    }

    private static @Nullable String text(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
    }

    private static long number(ConsumerRecord<byte[], byte[]> record, String name, long otherwise) {
        String text = text(record, name);
        return text != null && text.matches("-?\\d{1,18}") ? Long.parseLong(text) : otherwise;
    }
}
