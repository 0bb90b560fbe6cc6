package dev.millrace.schemas.wire;

import dev.millrace.schemas.LabeledSample;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Samples to bytes of our own schema, framed. No object per value. Not thread-safe. */
public final class SampleEncoder {
    private static final VarHandle FLOAT = MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final byte[] NO_BYTES = {};
    private static final int FIXED_BYTES =
            64; // all but the values: time 10, weight 4, lengths and counts at most 5 each
    private static final int MAX_INT_BYTES = 5;
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    private final byte[] header;
    private byte[] buffer = new byte[256];
    private int position;

    /** @param schemaId of our schema in the registry; for {@link WireFormat#CONFLUENT} alone */
    public SampleEncoder(WireFormat wire, int schemaId) {
        this.header = wire.header(schemaId, LabeledSample.getClassSchema());
    }

    /**
     * Encodes a dense sample.
     *
     * @param id may be null
     * @param eventTime milliseconds since the epoch
     * @param features the first {@code featureCount} count
     * @param labels the first {@code labelCount} count
     */
    public byte[] encode(
            @Nullable String id,
            long eventTime,
            float weight,
            float[] features,
            int featureCount,
            float[] labels,
            int labelCount) {
        byte[] idBytes = id == null ? NO_BYTES : id.getBytes(StandardCharsets.UTF_8);
        begin(idBytes.length + 4L * (featureCount + labelCount));
        writeHead(idBytes, id == null ? -1 : idBytes.length, eventTime, weight);
        writeLong(4L * featureCount);
        writeFloats(features, featureCount);
        writeLong(0); // sparseIndices
        writeLong(0); // sparseValues
        writeLong(0); // tokens
        writeLabels(labels, labelCount);
        return Arrays.copyOf(buffer, position);
    }

    /** Encodes a sample of any kind, as {@link SampleDecoder} would give it back. */
    public byte[] encode(DecodedSample sample) {
        long floats = (long) sample.denseCount + sample.sparseCount + sample.labelCount;
        long ints = (long) sample.sparseCount + sample.tokenCount;
        begin(Math.max(0, sample.idLength) + 4 * floats + MAX_INT_BYTES * ints);
        writeHead(sample.id, sample.idLength, sample.eventTime, sample.weight);
        writeLong(4L * sample.denseCount);
        writeFloats(sample.dense, sample.denseCount);
        writeInts(sample.sparseIndices, sample.sparseCount);
        writeLong(4L * sample.sparseCount);
        writeFloats(sample.sparseValues, sample.sparseCount);
        writeInts(sample.tokens, sample.tokenCount);
        writeLabels(sample.labels, sample.labelCount);
        return Arrays.copyOf(buffer, position);
    }

    private void begin(long bodyBytes) {
        long bytes = header.length + FIXED_BYTES + bodyBytes;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a sample must have at most " + MAX_BYTES + " bytes. Received: " + bytes);
        }
        if (buffer.length < bytes) buffer = new byte[(int) bytes];
        System.arraycopy(header, 0, buffer, 0, header.length);
        position = header.length;
    }

    private void writeHead(byte[] id, int idLength, long eventTime, float weight) {
        writeLong(idLength < 0 ? 0 : 1);
        if (idLength >= 0) {
            writeLong(idLength);
            System.arraycopy(id, 0, buffer, position, idLength);
            position += idLength;
        }
        writeLong(eventTime);
        FLOAT.set(buffer, position, weight);
        position += Float.BYTES;
    }

    private void writeInts(int[] values, int count) {
        if (count > 0) writeLong(count);
        for (int i = 0; i < count; i++) writeLong(values[i]);
        writeLong(0);
    }

    private void writeLabels(float[] labels, int count) {
        if (count > 0) {
            writeLong(count);
            writeFloats(labels, count);
        }
        writeLong(0);
    }

    private void writeLong(long value) {
        long raw = value << 1 ^ value >> 63;
        while ((raw & ~0x7FL) != 0) {
            buffer[position++] = (byte) ((raw & 0x7F) | 0x80);
            raw >>>= 7;
        }
        buffer[position++] = (byte) raw;
    }

    private void writeFloats(float[] values, int count) {
        ByteBuffer.wrap(buffer, position, 4 * count)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .put(values, 0, count);
        position += 4 * count;
    }
}
