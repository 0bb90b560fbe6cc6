package dev.millrace.pipeline.serve;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** Turns records of one schema into rows. Not for several threads at once. */
interface RecordInput {

    /** The fields that are read; other writers' records are resolved to it. */
    Schema schema();

    /**
     * Adds a record.
     *
     * @throws ProblemException naming row, field, limit and what was received
     */
    void add(GenericRecord record, Rows rows);
}
