package dev.millrace.model.client;

import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotManifest;

/** A source of {@link Identified} versions that says whatever a test last told it. */
final class VersionsInMemory implements SnapshotSource {
    private volatile Snapshot newest;

    VersionsInMemory(Snapshot first) {
        this.newest = first;
    }

    void publish(Snapshot next) {
        newest = next;
    }

    @Override
    public VersionTarget find(VersionChoice choice) {
        return new VersionTarget(newest.manifest(), 0);
    }

    @Override
    public Snapshot load(SnapshotManifest manifest) {
        return newest;
    }

    @Override
    public String place() {
        return "memory";
    }

    @Override
    public void close() {}
}
