package dev.millrace.schemas.wire;

/**
 * How large a record may be before it is decoded. What a record claims inside is bounded by the bytes it has.
 *
 * @param maxBytes longest record, header included
 */
public record SampleLimits(int maxBytes) {
    public SampleLimits {
        if (maxBytes < 1) throw new IllegalArgumentException("sample.max-bytes must be >= 1. Received: " + maxBytes);
    }
}
