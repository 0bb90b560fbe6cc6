package dev.millrace.model.feature;

import org.apache.avro.generic.GenericRecord;

/** Writes one feature of a record; found once for a schema, then pure. */
interface FeatureWriter {
    /**
     * @param into zeros from {@code at} on, as many as the feature is wide
     * @throws UnmappableException if the record has no such value
     */
    void write(GenericRecord record, float[] into, int at);
}
