package dev.millrace.schemas.wire;

import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Finds the schemas that records were written with. */
public interface WriterSchemas {

    /** The schema of a registry's id; null if there is none. */
    @Nullable
    Schema byId(int id);

    /** What there is to say of an id that {@link #byId} gave no schema for: the end of a sentence that begins with it. */
    default String absence(int id) {
        return "is unknown";
    }

    /** The schema of a CRC-64-AVRO fingerprint; null if it is not known. */
    @Nullable
    Schema byFingerprint(long fingerprint);
}
