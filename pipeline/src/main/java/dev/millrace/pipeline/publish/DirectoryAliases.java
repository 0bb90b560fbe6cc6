package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.server.AliasUpdate;
import java.io.IOException;

/** Moves the aliases of a directory that no job publishes to at the time. */
public final class DirectoryAliases {
    private final SnapshotStore store;

    /** @param root holds {@code versions} and {@code aliases.json} */
    public DirectoryAliases(String root) throws IOException {
        this.store = new SnapshotStore(StoreFiles.of(root));
    }

    /** Makes the update what readers see, at once, and audits it before. */
    public void write(AliasUpdate update) throws IOException {
        store.advance(update);
    }
}
