package dev.millrace.schemas.wire;

import org.jspecify.annotations.Nullable;

/**
 * How large a record may be before it is decoded. What a record claims inside is bounded by the bytes it has.
 *
 * @param maxBytes longest record, header included
 */
public record SampleLimits(int maxBytes) {
    public SampleLimits {
        if (maxBytes < 1) throw new IllegalArgumentException("sample.max-bytes must be >= 1. Received: " + maxBytes);
    }

    /** Why a record's value must not be decoded; null if it may. */
    public @Nullable Rejection reject(byte @Nullable [] value) {
        if (value == null) return new Rejection(RejectionReason.TOMBSTONE, "the record has no value");
        if (value.length == 0) return new Rejection(RejectionReason.EMPTY, "the record's value is empty");
        if (value.length <= maxBytes) return null;
        return new Rejection(
                RejectionReason.TOO_LARGE,
                "a record must have at most " + maxBytes + " bytes. Received: " + value.length);
    }
}
