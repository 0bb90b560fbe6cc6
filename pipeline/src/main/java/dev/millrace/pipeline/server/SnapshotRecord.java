package dev.millrace.pipeline.server;

/**
 * One piece of a snapshot on its way out: first the parts in order, then the manifest, all between two checkpoint
 * barriers. Or, where no version is due, the aliases alone. Crosses Flink edges as a POJO.
 *
 * @param part 0..parts-1 for a part; equal to {@code parts} for the manifest, which comes last; {@link #ALIASES_ALONE}
 * @param bytes of the part: little-endian float32 parameters; empty for the others
 * @param manifest the manifest as JSON, with aliases alone that of the newest version; empty for a part
 * @param aliases an {@link AliasUpdate} as text; empty for a part
 */
public record SnapshotRecord(
        String model, long version, int part, int parts, byte[] bytes, String manifest, String aliases) {
    /** The part number of a record that moves aliases and brings no version. */
    public static final int ALIASES_ALONE = -1;

    static SnapshotRecord part(String model, long version, int part, int parts, byte[] bytes) {
        return new SnapshotRecord(model, version, part, parts, bytes, "", "");
    }

    static SnapshotRecord manifest(String model, long version, int parts, String manifest, AliasUpdate aliases) {
        return new SnapshotRecord(model, version, parts, parts, new byte[0], manifest, aliases.toText());
    }

    static SnapshotRecord aliases(String model, long version, int parts, String manifest, AliasUpdate aliases) {
        return new SnapshotRecord(model, version, ALIASES_ALONE, parts, new byte[0], manifest, aliases.toText());
    }
}
