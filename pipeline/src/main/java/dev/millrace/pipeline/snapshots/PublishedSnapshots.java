package dev.millrace.pipeline.snapshots;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** Which of them the aliases point to; null where none were published. */
    @Nullable
    Aliases aliases();

    /** Where they are, for messages. */
    String place();
}
