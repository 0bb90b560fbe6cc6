package dev.millrace.pipeline.dataset;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;

/** Points in time as people and programs write them. */
final class EventTime {
    static final String EXPECTED =
            "must be a time since 1970, in milliseconds since the epoch or as 2024-05-31T12:00:00Z (ISO-8601; UTC"
                    + " without a zone)";

    private static final int MAX_DIGITS = 18;
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffsetId()
            .toFormatter();

    private EventTime() {}

    /** Milliseconds since the epoch; negative if the text is no time since then. */
    static long parse(String text) {
        boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (digits) return text.length() <= MAX_DIGITS ? Long.parseLong(text) : -1;
        try {
            // A blank instead of the T is what databases write.
            return millis(
                    ISO.parseBest(text.replace(' ', 'T'), OffsetDateTime::from, LocalDateTime::from, LocalDate::from));
        } catch (DateTimeException e) {
            return -1;
        }
    }

    private static long millis(TemporalAccessor time) {
        if (time instanceof OffsetDateTime zoned) return zoned.toInstant().toEpochMilli();
        LocalDateTime local = time instanceof LocalDate date ? date.atStartOfDay() : LocalDateTime.from(time);
        return local.toInstant(ZoneOffset.UTC).toEpochMilli();
    }
}
