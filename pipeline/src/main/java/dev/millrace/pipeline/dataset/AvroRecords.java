package dev.millrace.pipeline.dataset;

import dev.millrace.schemas.wire.SchemaCatalog;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Records of an Avro object container file. */
final class AvroRecords implements Records {
    private final DataFileReader<GenericRecord> file;
    private final Schema schema;
    private long rows;

    private AvroRecords(DataFileReader<GenericRecord> file, Schema schema) {
        this.file = file;
        this.schema = schema;
    }

    static AvroRecords open(Path path) throws IOException {
        DataFileReader<GenericRecord> file;
        try {
            file = new DataFileReader<>(path.toFile(), new GenericDatumReader<>());
        } catch (IOException | AvroRuntimeException e) {
            throw new IllegalArgumentException("must be an Avro object container file: " + e.getMessage(), e);
        }
        Schema schema = SchemaCatalog.checked(file.getSchema());
        if (schema.getType() != Schema.Type.RECORD) {
            file.close();
            throw new IllegalArgumentException("must have records. Received: values of type "
                    + schema.getType().getName());
        }
        return new AvroRecords(file, schema);
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public @Nullable GenericRecord next() throws IOException {
        try {
            if (!file.hasNext()) return null;
            rows++;
            return file.next();
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException("row " + rows + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
