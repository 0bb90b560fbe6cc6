package dev.millrace.schemas.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads Avro's binary encoding from an array and believes no length that exceeds the bytes left. Source: Apache Avro
 * specification, "Binary Encoding".
 */
final class ByteCursor {
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int BULK = 64; // below, a view costs more than it saves

    private byte[] bytes = new byte[0];
    private int position;
    private int limit;

    void reset(byte[] value, int from) {
        bytes = value;
        position = from;
        limit = value.length;
    }

    int remaining() {
        return limit - position;
    }

    /** A zigzag varint of at most 10 bytes. */
    long readLong() {
        long raw = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (position == limit) throw new MalformedException("the record ends inside a number");
            byte b = bytes[position++];
            raw |= (b & 0x7FL) << shift;
            if (b >= 0) return raw >>> 1 ^ -(raw & 1);
        }
        throw new MalformedException("a number is longer than 10 bytes");
    }

    int readInt() {
        long value = readLong();
        if (value != (int) value) throw new MalformedException("an int is out of range: " + value);
        return (int) value;
    }

    float readFloat() {
        if (remaining() < Float.BYTES) throw new MalformedException("the record ends inside a float");
        float value = (float) FLOAT.get(bytes, position);
        position += Float.BYTES;
        return value;
    }

    /** A length in bytes that is there. */
    int readLength() {
        long length = readLong();
        if (length < 0 || length > remaining()) {
            throw new MalformedException("a length must be in 0.." + remaining() + ". Received: " + length);
        }
        return (int) length;
    }

    /**
     * The item count of an array block, 0 at its end. A negative count is followed by the block's size.
     *
     * @param itemBytes least size of an item, >= 1
     */
    int readBlockCount(int itemBytes) {
        long count = readLong();
        if (count < 0) {
            count = -count;
            long size = readLong();
            if (size < 0 || size > remaining()) {
                throw new MalformedException("a block must have 0.." + remaining() + " bytes. Received: " + size);
            }
        }
        if (count < 0 || count > remaining() / itemBytes) {
            throw new MalformedException(
                    "a block can have at most " + remaining() / itemBytes + " items here. Received: " + count);
        }
        return (int) count;
    }

    void readFloats(float[] into, int count) {
        if (count < BULK) {
            for (int i = 0; i < count; i++, position += Float.BYTES) into[i] = (float) FLOAT.get(bytes, position);
            return;
        }
        ByteBuffer.wrap(bytes, position, count * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(into, 0, count);
        position += count * Float.BYTES;
    }

    void readBytes(byte[] into, int length) {
        System.arraycopy(bytes, position, into, 0, length);
        position += length;
    }
}
