package dev.millrace.schemas.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

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

    /**
     * What stands before the records of a schema.
     *
     * @param schemaId in the registry; for {@link #CONFLUENT} alone
     */
    public byte[] header(int schemaId, Schema schema) {
        ByteBuffer header = ByteBuffer.allocate(headerBytes);
        switch (this) {
            case RAW -> {}
            case CONFLUENT -> header.put((byte) 0).putInt(schemaId);
            case SINGLE_OBJECT ->
                header.order(ByteOrder.LITTLE_ENDIAN)
                        .put((byte) 0xC3)
                        .put((byte) 1)
                        .putLong(SchemaNormalization.parsingFingerprint64(schema));
        }
        return header.array();
    }
}
