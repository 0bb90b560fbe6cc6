package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.dataset.Example;
import dev.millrace.schemas.wire.SampleEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where produced samples come from: a file or a generator. */
public interface SampleStream extends MessageSource, Closeable {

    /**
     * Writes the next sample.
     *
     * @return whether there was one
     */
    boolean next(Example into) throws IOException;

    /** The samples in our own schema; what has no time of its own happens now. Closed with this stream. */
    @Override
    default Messages encoded(WireFormat wire, int schemaId) {
        SampleEncoder encoder = new SampleEncoder(wire, schemaId);
        SampleStream samples = this;
        Example example = new Example();
        return new Messages() {
            @Override
            public byte @Nullable [] next() throws IOException {
                long now = System.currentTimeMillis();
                if (!samples.next(example)) return null;
                return encoder.encode(
                        example.id,
                        example.eventTime == Example.NO_TIME ? now : example.eventTime,
                        example.weight,
                        example.features,
                        example.features.length,
                        example.labels,
                        example.labelCount);
            }

            @Override
            public void close() throws IOException {
                samples.close();
            }
        };
    }

    @Override
    default void close() throws IOException {}
}
