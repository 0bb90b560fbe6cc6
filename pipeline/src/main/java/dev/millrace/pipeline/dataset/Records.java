package dev.millrace.pipeline.dataset;

import java.io.Closeable;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** The Avro records of one file, in its order. */
public interface Records extends Closeable {

    /** What they are written with. */
    Schema schema();

    /**
     * The next; null after the last.
     *
     * @throws IllegalArgumentException naming the line or row that is no record
     */
    @Nullable
    GenericRecord next() throws IOException;
}
