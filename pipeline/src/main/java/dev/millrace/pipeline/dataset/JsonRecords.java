package dev.millrace.pipeline.dataset;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import tech.allegro.schema.json2avro.converter.JsonGenericRecordReader;

/**
 * JSON lines as records of a schema, as one would write them: a value of a union stands alone, a time stamp may be text,
 * what is missing has the field's default. Members that are no fields of the schema are left out.
 */
final class JsonRecords implements Records {
    private final BufferedReader in;
    private final Schema schema;
    private final JsonGenericRecordReader converter = new JsonGenericRecordReader();
    private long line;

    JsonRecords(BufferedReader in, Schema schema) {
        this.in = in;
        this.schema = schema;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public @Nullable GenericRecord next() throws IOException {
        String text;
        do {
            text = in.readLine();
            line++;
        } while (text != null && text.isBlank());
        if (text == null) return null;
        try {
            return converter.read(text.getBytes(StandardCharsets.UTF_8), schema);
        } catch (AvroRuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalArgumentException(
                    "line " + line + " must be a record of " + schema.getFullName() + ": " + cause.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
