package dev.millrace.schemas.wire;

/** Why a record cannot become a sample; the names are stable codes. */
public enum RejectionReason {
    /** No bytes. */
    EMPTY,
    /** No value at all: a deletion marker. Counted, never a dead letter. */
    TOMBSTONE,
    /** Longer than the limit. */
    TOO_LARGE,
    /** Framed by, or written with, a schema nobody knows. */
    UNKNOWN_SCHEMA,
    /** Not what the schema says. */
    MALFORMED,
    /** Bytes after the end. */
    TRAILING_BYTES,
    /** A feature or label that is NaN or infinite. */
    NOT_FINITE,
    /** A weight that is negative or not finite. */
    BAD_WEIGHT,
    /** Not the features that the model takes. */
    WRONG_FEATURES,
    /** Not a label that the loss understands. */
    BAD_LABEL,
    /** An event time before 1970 or too far ahead. */
    BAD_TIME
}
