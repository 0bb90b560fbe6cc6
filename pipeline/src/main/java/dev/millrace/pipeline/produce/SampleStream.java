package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.dataset.Example;
import java.io.Closeable;
import java.io.IOException;

/** Where produced samples come from: a file or a generator. */
public interface SampleStream extends Closeable {

    /**
     * Writes the next sample.
     *
     * @return whether there was one
     */
    boolean next(Example into) throws IOException;

    @Override
    default void close() throws IOException {}
}
