package dev.millrace.schemas.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Finds the schema that a record's header names. Remembers the last, as it rarely changes; not thread-safe. */
public final class WriterLookup {
    private final WireFormat wire;
    private final WriterSchemas schemas;
    private long lastKey;
    private @Nullable Schema lastSchema;

    /** @param wire a format with a header */
    public WriterLookup(WireFormat wire, WriterSchemas schemas) {
        this.wire = wire;
        this.schemas = schemas;
    }

    /** The schema of a record; null if its header is none, or names a schema that nobody knows or can use. */
    public @Nullable Schema find(byte[] value) {
        if (!hasHeader(value)) return null;
        long key = wire == WireFormat.CONFLUENT
                ? ByteBuffer.wrap(value, 1, 4).getInt()
                : ByteBuffer.wrap(value, 2, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (lastSchema == null || key != lastKey) {
            lastSchema = wire == WireFormat.CONFLUENT ? schemas.byId((int) key) : schemas.byFingerprint(key);
            lastKey = key;
        }
        return lastSchema;
    }

    /** What to say of a record whose schema was not found. */
    public String unknown(byte[] value) {
        StringBuilder text = new StringBuilder("no schema for header ");
        for (int i = 0; i < Math.min(value.length, wire.headerBytes()); i++) text.append("%02x".formatted(value[i]));
        text.append(" (").append(wire).append(')');
        if (wire == WireFormat.CONFLUENT && hasHeader(value)) {
            int id = ByteBuffer.wrap(value, 1, 4).getInt();
            text.append(": schema id ").append(id).append(' ').append(schemas.absence(id));
        }
        return text.toString();
    }

    private boolean hasHeader(byte[] value) {
        if (value.length < wire.headerBytes()) return false;
        return wire == WireFormat.CONFLUENT ? value[0] == 0 : value[0] == (byte) 0xC3 && value[1] == 1;
    }
}
