package dev.millrace.schemas.wire;

/** What stands before the Avro bytes of a record. */
public enum WireFormat {
    /** Nothing: writer and reader agree on the schema. */
    RAW(0),
    /** 0x00, then the schema's id as 4 bytes, big-endian. */
    CONFLUENT(5),
    /** 0xC3 0x01, then the schema's CRC-64-AVRO fingerprint as 8 bytes, little-endian. */
    SINGLE_OBJECT(10);

    private final int headerBytes;

    WireFormat(int headerBytes) {
        this.headerBytes = headerBytes;
    }

    /** Length of what stands before. */
    public int headerBytes() {
        return headerBytes;
    }
}
