package dev.millrace.pipeline.serve;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.pipeline.publish.OneLine;
import dev.millrace.schemas.wire.RecordEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;
import tech.allegro.schema.json2avro.converter.JsonGenericRecordReader;

/**
 * Rows as JSON: {@code {"instances": [[...], ...]}} with features, or {@code {"records": [{...}, ...]}} with records as one
 * would write them, for a model that maps records.
 */
final class JsonInput {
    static final String INSTANCES = "instances";
    static final String RECORDS = "records";

    private static final int MAX_SHOWN = 200;
    private static final JsonGenericRecordReader CONVERTER = new JsonGenericRecordReader();

    private final Rows rows;
    private final @Nullable Records records;

    /** Records on their way through the bytes of a topic, so that their values have the very types that training saw. */
    private record Records(RecordInput input, RecordEncoder encoder, GenericDatumReader<GenericRecord> reader) {

        static Records of(RecordInput input) {
            Schema schema = input.schema();
            return new Records(input, new RecordEncoder(WireFormat.RAW, 0, schema), new GenericDatumReader<>(schema));
        }

        GenericRecord read(Map<String, Object> fields) throws IOException {
            byte[] bytes = encoder.encode(CONVERTER.read(fields, input.schema()));
            BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
            return reader.read(null, decoder);
        }
    }

    /** @param records null for a model that takes features */
    private JsonInput(Rows rows, @Nullable RecordInput records) {
        this.rows = rows;
        this.records = records == null ? null : Records.of(records);
    }

    /** @throws ProblemException naming what is no such body, or row and field that cannot be taken */
    static void read(InputStream body, @Nullable RecordInput records, Rows rows) throws IOException {
        try (JsonParser json = Json.MAPPER.createParser(body)) {
            new JsonInput(rows, records).read(json);
        } catch (JsonProcessingException e) {
            if (e.getCause() instanceof IOException reading) throw reading;
            throw ProblemException.badRequest("The body must be JSON: " + e.getOriginalMessage() + " at line "
                    + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr());
        }
    }

    private void read(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) throw expected(json);
        if (json.nextToken() != JsonToken.FIELD_NAME || !json.currentName().equals(member())) throw expected(json);
        if (json.nextToken() != JsonToken.START_ARRAY) throw expected(json);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (records == null) instance(json);
            else record(json, records);
        }
        if (json.nextToken() != JsonToken.END_OBJECT) throw expected(json);
        if (json.nextToken() != null) throw expected(json);
    }

    private String member() {
        return records == null ? INSTANCES : RECORDS;
    }

    private ProblemException expected(JsonParser json) throws IOException {
        String shape = records == null
                ? "{\"instances\": [[feature, ...], ...]}, as the model takes features"
                : "{\"records\": [{field: value, ...}, ...]}, as the model maps records";
        return ProblemException.badRequest("The body must be " + shape + ". Received: " + shown(json));
    }

    private void instance(JsonParser json) throws IOException {
        int from = rows.begin();
        if (!json.isExpectedStartArrayToken())
            throw rows.wrong("must be an array of numbers. Received: " + shown(json));
        float[] values = rows.values();
        int inputs = rows.inputs();
        int count = 0;
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            if (token == null || !token.isNumeric()) {
                throw rows.wrong("feature " + count + " must be a number. Received: " + shown(json));
            }
            if (count < inputs) values[from + count] = json.getFloatValue();
            count++;
        }
        if (count != inputs) throw rows.wrong("must have the model's " + inputs + " features. Received: " + count);
        rows.end(null);
    }

    private void record(JsonParser json, Records into) throws IOException {
        if (!json.isExpectedStartObjectToken()) throw rows.wrong("must be a record. Received: " + shown(json));
        Map<String, Object> fields = json.readValueAs(new TypeReference<Map<String, Object>>() {});
        GenericRecord record;
        try {
            record = into.read(fields);
        } catch (AvroRuntimeException | IllegalArgumentException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw rows.wrong("must be a record of " + into.input().schema().getFullName() + ": " + cause.getMessage()
                    + ". Received: " + cut(Json.MAPPER.writeValueAsString(fields)));
        }
        into.input().add(record, rows);
    }

    private static String shown(JsonParser json) throws IOException {
        if (json.currentToken() == null) return "nothing";
        if (json.currentToken() == JsonToken.VALUE_STRING) return '"' + cut(json.getText()) + '"';
        return cut(json.getText());
    }

    private static String cut(String text) {
        return OneLine.of(text, MAX_SHOWN);
    }
}
