package dev.millrace.schemas.wire;

/** What stands before the Avro bytes of a record. */
public enum WireFormat {
    /** Nothing. */
    RAW,
    /** 0x00 and a schema id, four bytes, big-endian. */
    CONFLUENT,
    /** 0xC3 0x01 and the schema's CRC-64-AVRO fingerprint, eight bytes, little-endian. */
    SINGLE_OBJECT
}
