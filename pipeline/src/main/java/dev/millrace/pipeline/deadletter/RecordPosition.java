package dev.millrace.pipeline.deadletter;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a record is, or was, in Kafka. Written as {@code topic-partition@offset}, as everywhere in messages. */
public record RecordPosition(String topic, int partition, long offset) {

    /** A topic's name holds no {@code @}, and may hold {@code -}. */
    private static final Pattern TEXT = Pattern.compile("([a-zA-Z0-9._-]{1,249})-(\\d{1,9})@(\\d{1,18})");

    /** The position that a text names; null if it names none. */
    static @Nullable RecordPosition parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) return null;
        return new RecordPosition(
                matcher.group(1), Integer.parseInt(matcher.group(2)), Long.parseLong(matcher.group(3)));
    }

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
