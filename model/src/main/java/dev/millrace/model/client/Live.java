package dev.millrace.model.client;

import dev.millrace.model.snapshot.SnapshotException;

/** What sources say of live parameters that have none. */
public final class Live {
    private Live() {}

    /** Refuses to look for live parameters where versions are published. */
    public static SnapshotException absent(String place) {
        return new SnapshotException(
                place + " has published versions alone. Live parameters lie in a topic of their own"
                        + " (publish.live.topic) and are followed with LiveSource");
    }
}
