package dev.millrace.pipeline.publish;

/**
 * Names of the headers that a dead letter carries behind its original ones; all values are UTF-8 text. A reader takes
 * the <em>last</em> header of a name: a replayed record that failed twice has them twice.
 */
public final class DeadLetterHeaders {

    /** Every header of ours begins with this; a replay drops what does. */
    public static final String PREFIX = "millrace.errors.";

    /** Topic the record was read from. */
    public static final String TOPIC = PREFIX + "topic";

    /** Partition the record was read from. */
    public static final String PARTITION = PREFIX + "partition";

    /** Offset the record was read at. */
    public static final String OFFSET = PREFIX + "offset";

    /** Where in the job it was refused. */
    public static final String STAGE = PREFIX + "stage";

    /** Stable code of the reason. */
    public static final String REASON = PREFIX + "reason";

    /** What was expected and what was received. */
    public static final String MESSAGE = PREFIX + "message";

    /** Timestamp of the original record, milliseconds since the epoch. */
    public static final String TIMESTAMP = PREFIX + "timestamp";

    /** Length of the original value in bytes; larger than the letter's value if that was cut. */
    public static final String VALUE_LENGTH = PREFIX + "value-length";

    /** How many bytes of the original key and headers found no room in the letter; 0 if it has them all. */
    public static final String DROPPED = PREFIX + "dropped-bytes";

    /**
     * Not of a letter but of a record that a replay sent: which attempt it is and where the record stood when it was
     * refused first, {@code 1 clicks-3@8812}. A letter of such a record holds it among the original headers.
     */
    public static final String REPLAYED = "millrace.replayed";

    private DeadLetterHeaders() {}
}
