package dev.millrace.pipeline.publish;

import java.net.URI;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;

/** How Flink finds {@link ObjectStore}, by the scheme {@code objects}. */
public final class ObjectStoreFactory implements FileSystemFactory {
    @Override
    public String getScheme() {
        return ObjectStore.SCHEME;
    }

    @Override
    public FileSystem create(URI uri) {
        return ObjectStore.INSTANCE;
    }
}
