package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.server.SnapshotRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers the records of one snapshot, parts in order and then the manifest. Holds one snapshot at most. */
final class SnapshotCollector {

    private final List<byte[]> parts = new ArrayList<>();
    private @Nullable SnapshotRecord last;

    /**
     * Takes the next record.
     *
     * @return the parts, if this record was the manifest that completes them; null if more is to come
     * @throws IllegalStateException if the record does not continue the snapshot begun
     */
    @Nullable
    List<byte[]> add(SnapshotRecord record) {
        SnapshotRecord before = last;
        boolean continues = before == null
                ? record.part() == 0
                : record.part() == before.part() + 1
                        && record.version() == before.version()
                        && record.parts() == before.parts()
                        && record.model().equals(before.model());
        if (!continues || record.part() > record.parts()) {
            throw new IllegalStateException("Snapshot records must come in order. Received: " + name(record) + " after "
                    + (before == null ? "nothing" : name(before)));
        }
        if (record.part() < record.parts()) {
            parts.add(record.bytes());
            last = record;
            return null;
        }
        List<byte[]> complete = List.copyOf(parts);
        parts.clear();
        last = null;
        return complete;
    }

    /** @throws IllegalStateException if a snapshot is begun and not complete */
    void requireNothingPending() {
        SnapshotRecord before = last;
        if (before != null) {
            throw new IllegalStateException("A checkpoint barrier came within a snapshot, after " + name(before));
        }
    }

    private static String name(SnapshotRecord record) {
        return record.model() + "/" + record.version() + "/" + record.part() + " of " + record.parts();
    }
}
