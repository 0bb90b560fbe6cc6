package dev.millrace.pipeline.snapshots;

import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.util.List;

/** The versions of one model, wherever they were published. */
public interface PublishedSnapshots {

    /** Manifests by rising version. */
    List<SnapshotManifest> list();

    /**
     * One version, checked against its manifest.
     *
     * @throws dev.millrace.model.snapshot.SnapshotException if it is missing or damaged
     */
    Snapshot load(long version);

    /** Where they are, for messages. */
    String place();
}
