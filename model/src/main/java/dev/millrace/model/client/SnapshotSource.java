package dev.millrace.model.client;

import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where the versions of one model come from. For one thread at a time. To ask whether something changed is cheap, to load is
 * not.
 */
public interface SnapshotSource extends AutoCloseable {

    /**
     * What a choice means now; null while nothing is published, or nothing under that alias.
     *
     * @throws IOException if the source cannot be asked
     * @throws SnapshotException if what it says must not be used
     */
    @Nullable
    VersionTarget find(VersionChoice choice) throws IOException;

    /**
     * A version with its parameters, checked against its manifest.
     *
     * @throws IOException if the source cannot be read
     * @throws SnapshotException if it is missing, damaged, or another
     */
    Snapshot load(SnapshotManifest manifest) throws IOException;

    /** Where that is, for messages. */
    String place();

    @Override
    void close();
}
