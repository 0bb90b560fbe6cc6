package dev.millrace.pipeline.source;

import org.jspecify.annotations.Nullable;

/**
 * A record that could not become a sample, with its reason and its original bytes. Crosses Flink edges as a POJO.
 *
 * @param timestamp of the record, milliseconds since the epoch
 * @param reason stable code, see {@code RejectionReason}
 * @param detail what was expected and what was received
 * @param value original bytes, cut to the configured limit
 * @param valueLength true length in bytes
 * @param headerKeys keys of the original headers, in order
 * @param headerValues their values, each null or not
 */
public record DeadLetter(
        String topic,
        int partition,
        long offset,
        long timestamp,
        String reason,
        String detail,
        byte @Nullable [] key,
        byte @Nullable [] value,
        int valueLength,
        String[] headerKeys,
        byte[] @Nullable [] headerValues) {}
