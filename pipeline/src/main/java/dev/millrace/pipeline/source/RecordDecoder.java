package dev.millrace.pipeline.source;

import dev.millrace.schemas.wire.DecodedSample;
import dev.millrace.schemas.wire.Rejection;
import org.jspecify.annotations.Nullable;

/** How bytes become a sample: by the shipped contract, or by the mapping of a user's own. */
interface RecordDecoder {

    /**
     * Decodes a record's value; null if {@code into} now holds a sample, else why not.
     *
     * @param time of the record, milliseconds since the epoch
     */
    @Nullable
    Rejection decode(byte @Nullable [] value, long time, DecodedSample into);
}
