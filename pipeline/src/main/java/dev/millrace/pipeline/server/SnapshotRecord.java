package dev.millrace.pipeline.server;

/**
 * One piece of a snapshot on its way out: first the parts in order, then the manifest, all between two checkpoint
 * barriers. Crosses Flink edges as a POJO.
 *
 * @param part 0..parts-1 for a part; equal to {@code parts} for the manifest, which comes last
 * @param bytes of the part: little-endian float32 parameters; empty for the manifest
 * @param manifest the manifest as JSON; empty for a part
 */
public record SnapshotRecord(String model, long version, int part, int parts, byte[] bytes, String manifest) {}
