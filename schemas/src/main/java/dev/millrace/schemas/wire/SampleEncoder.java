package dev.millrace.schemas.wire;

import dev.millrace.schemas.LabeledSample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/** Samples to bytes of our own schema, framed. Writes dense samples without an object per value. Not thread-safe. */
public final class SampleEncoder {
    private final byte[] header;
    private byte[] buffer = new byte[256];
    private int position;

    /** @param schemaId of our schema in the registry; for {@link WireFormat#CONFLUENT} alone */
    public SampleEncoder(WireFormat wire, int schemaId) {
        this.header = switch (wire) {
            case RAW -> new byte[0];
            case CONFLUENT ->
                ByteBuffer.allocate(5).put((byte) 0).putInt(schemaId).array();
            case SINGLE_OBJECT ->
                ByteBuffer.allocate(10)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put((byte) 0xC3)
                        .put((byte) 1)
                        .putLong(SchemaNormalization.parsingFingerprint64(LabeledSample.getClassSchema()))
                        .array();
        };
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
        byte[] idBytes = id == null ? null : id.getBytes(StandardCharsets.UTF_8);
        position = 0;
        ensure(header.length + 64 + (idBytes == null ? 0 : idBytes.length) + 4 * (featureCount + labelCount));
        System.arraycopy(header, 0, buffer, 0, header.length);
        position = header.length;
        writeLong(idBytes == null ? 0 : 1);
        if (idBytes != null) {
            writeLong(idBytes.length);
            System.arraycopy(idBytes, 0, buffer, position, idBytes.length);
            position += idBytes.length;
        }
        writeLong(eventTime);
        writeFloats(new float[] {weight}, 1);
        writeLong(4L * featureCount);
        writeFloats(features, featureCount);
        writeLong(0); // sparseIndices
        writeLong(0); // sparseValues
        writeLong(0); // tokens
        if (labelCount > 0) {
            writeLong(labelCount);
            writeFloats(labels, labelCount);
        }
        writeLong(0);
        return Arrays.copyOf(buffer, position);
    }

    private void ensure(int bytes) {
        if (buffer.length < bytes) buffer = new byte[bytes];
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
