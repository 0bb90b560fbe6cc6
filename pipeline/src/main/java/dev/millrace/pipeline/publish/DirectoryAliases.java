package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.server.AliasUpdate;
import java.io.IOException;
import java.nio.file.Path;

/** Moves the aliases of a directory that no job publishes to at the time. */
public final class DirectoryAliases {
    private final SnapshotStore store;

    /** @param root holds {@code versions} and {@code aliases.json} */
    public DirectoryAliases(Path root) {
        this.store = new SnapshotStore(new LocalFiles(root.toString()));
    }

    /** Makes the update what readers see, by one atomic rename, and audits it before. */
    public void write(AliasUpdate update) throws IOException {
        store.advance(update);
    }
}
