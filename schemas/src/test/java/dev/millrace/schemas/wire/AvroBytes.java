package dev.millrace.schemas.wire;

import dev.millrace.schemas.LabeledSample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Samples as Avro itself writes and reads them: the other side of every comparison. */
final class AvroBytes {
    static final Schema OWN = LabeledSample.getClassSchema();

    private AvroBytes() {}

    /** A sample with every field filled, then changed. */
    static byte[] sample(Consumer<GenericRecord> change) {
        GenericRecord sample = new GenericData.Record(OWN);
        sample.put("id", "user-7é");
        sample.put("eventTime", 1_700_000_000_123L);
        sample.put("weight", 0.5f);
        sample.put("dense", packed(1.5f, -2.25f, 3e-20f));
        sample.put("sparseIndices", List.of(7, 0, 1_000_000));
        sample.put("sparseValues", packed(0.5f, 1f, -4f));
        sample.put("tokens", List.of(3, 1, 2));
        sample.put("labels", List.of(1f, 0f));
        change.accept(sample);
        return write(OWN, sample);
    }

    static byte[] write(Schema schema, GenericRecord sample) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            new GenericDatumWriter<GenericRecord>(schema).write(sample, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static GenericRecord read(byte[] bytes, int from) {
        try {
            return new GenericDatumReader<GenericRecord>(OWN)
                    .read(null, DecoderFactory.get().binaryDecoder(bytes, from, bytes.length - from, null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ByteBuffer packed(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) bytes.putFloat(value);
        return bytes.flip();
    }

    /** A zigzag varint, after what is there. */
    static void number(ByteArrayOutputStream out, long value) {
        try {
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            encoder.writeLong(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Our own schema as an older or newer producer has it. */
    static SchemaCatalog catalog(Path directory, int id, Schema schema) {
        try {
            Files.writeString(directory.resolve(id + ".avsc"), schema.toString());
            return SchemaCatalog.fromDirectory(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
