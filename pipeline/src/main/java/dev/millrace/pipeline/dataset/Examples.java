package dev.millrace.pipeline.dataset;

import java.io.Closeable;
import java.io.IOException;

/** The examples of one file, in its order. */
public interface Examples extends Closeable {

    /**
     * Reads the next example.
     *
     * @return whether there was one
     * @throws IllegalArgumentException naming the line or row that is no example
     */
    boolean read(Example into) throws IOException;
}
