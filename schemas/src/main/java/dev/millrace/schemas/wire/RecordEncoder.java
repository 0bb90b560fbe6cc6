package dev.millrace.schemas.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Records of any schema to bytes, framed. Not thread-safe. */
public final class RecordEncoder {
    private final byte[] header;
    private final GenericDatumWriter<GenericRecord> writer;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);

    /** @param schemaId of the schema in the registry; for {@link WireFormat#CONFLUENT} alone */
    public RecordEncoder(WireFormat wire, int schemaId, Schema schema) {
        this.header = wire.header(schemaId, schema);
        this.writer = new GenericDatumWriter<>(schema);
    }

    /** @throws IllegalArgumentException if the record is not of the schema */
    public byte[] encode(GenericRecord record) {
        bytes.reset();
        bytes.writeBytes(header);
        try {
            writer.write(record, encoder);
            encoder.flush();
        } catch (AvroRuntimeException | ClassCastException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
