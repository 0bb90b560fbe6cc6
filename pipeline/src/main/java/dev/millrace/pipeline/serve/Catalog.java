package dev.millrace.pipeline.serve;

import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The published versions that the server hands out. For any number of threads. */
interface Catalog {

    /** Manifests by rising version. */
    List<SnapshotManifest> versions() throws IOException;

    /**
     * The parameters of a version as a safetensors file.
     *
     * @throws IOException if they cannot be read
     * @throws dev.millrace.model.snapshot.SnapshotException if they are missing or damaged
     */
    Path parameters(SnapshotManifest manifest) throws IOException;
}
