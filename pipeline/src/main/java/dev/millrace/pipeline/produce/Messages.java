package dev.millrace.pipeline.produce;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Values for a topic, one after the other. */
public interface Messages extends Closeable {

    /** The next; null after the last. */
    byte @Nullable [] next() throws IOException;

    @Override
    default void close() throws IOException {}
}
