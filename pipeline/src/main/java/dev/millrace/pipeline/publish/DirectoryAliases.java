package dev.millrace.pipeline.publish;

import dev.millrace.pipeline.server.AliasUpdate;
import java.io.IOException;
import java.nio.file.Path;

/** Moves the aliases of a directory that no job publishes to at the time. */
public final class DirectoryAliases {
    private final AliasFiles files;

    /** @param root holds {@code versions} and {@code aliases.json} */
    public DirectoryAliases(Path root) {
        this.files = new AliasFiles(root);
    }

    /** Makes the update what readers see, by one atomic rename, and audits it before. */
    public void write(AliasUpdate update) throws IOException {
        files.advance(update);
    }
}
