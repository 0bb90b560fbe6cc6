package dev.millrace.pipeline.serve;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.schemas.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.AbstractList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * What one version said of the rows of one request.
 *
 * @param covered whether a checkpoint covers the version; false of live parameters
 * @param outputs [rows, width], row-major
 * @param width outputs of a row
 */
record Predictions(
        String model, long version, boolean covered, Classes classes, Rows rows, float[] outputs, int width) {

    byte[] toJson() {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("model", model);
            json.writeNumberField("version", version);
            json.writeBooleanField("covered", covered);
            json.writeArrayFieldStart("classes");
            for (String name : classes.names()) json.writeString(name);
            json.writeEndArray();
            json.writeArrayFieldStart("predictions");
            for (int row = 0; row < rows.count(); row++) write(json, row);
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private void write(JsonGenerator json, int row) throws IOException {
        json.writeStartObject();
        String id = rows.id(row);
        if (id != null) json.writeStringField("id", id);
        String likeliest = likeliest(row);
        if (likeliest != null) json.writeStringField("class", likeliest);
        json.writeArrayFieldStart("outputs");
        for (int k = 0; k < width; k++) json.writeNumber(outputs[row * width + k]);
        json.writeEndArray();
        json.writeEndObject();
    }

    /** An object container file of {@link Prediction}. */
    byte[] toAvro() {
        Schema schema = Prediction.getClassSchema();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (DataFileWriter<GenericRecord> file = new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
            file.create(schema, bytes);
            for (int row = 0; row < rows.count(); row++) {
                GenericRecord record = new GenericData.Record(schema);
                record.put("model", model);
                record.put("version", version);
                record.put("covered", covered);
                record.put("id", rows.id(row));
                record.put("className", likeliest(row));
                record.put("outputs", outputsOf(row));
                file.append(record);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory can be written", e);
        }
        return bytes.toByteArray();
    }

    private @Nullable String likeliest(int row) {
        return classes.likeliest(outputs, row, width);
    }

    private List<Float> outputsOf(int row) {
        return new AbstractList<>() {
            @Override
            public Float get(int k) {
                return outputs[row * width + k];
            }

            @Override
            public int size() {
                return width;
            }
        };
    }
}
