package dev.millrace.model.feature;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.schemas.wire.DecodedSample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Avro records on their way through the wire, and specifications in YAML. */
final class Records {
    private Records() {}

    /** A record schema of fields like {@code {"name": "x", "type": "int"}}. */
    static Schema schema(String... fields) {
        return new Schema.Parser()
                .parse("{\"type\": \"record\", \"name\": \"shop.Bid\", \"fields\": [" + String.join(", ", fields)
                        + "]}");
    }

    static Map<String, Object> tree(String yaml) {
        try {
            return new YAMLMapper().readValue(yaml, new TypeReference<>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FeatureSpec spec(String yaml) {
        return FeatureSpec.of(tree(yaml));
    }

    /** The features of a record of {@code inputs}, a YAML list. */
    static float[] features(String inputs, GenericRecord record) {
        FeatureMapping mapping = FeatureMapping.of(spec("inputs: " + inputs), record.getSchema());
        float[] into = new float[mapping.spec().width()];
        Arrays.fill(into, Float.NaN);
        mapping.mapper().features(resolved(record, mapping.schema()), into);
        return into;
    }

    static DecodedSample map(FeatureMapping mapping, GenericRecord record) {
        DecodedSample sample = new DecodedSample();
        mapping.mapper().map(resolved(record, mapping.schema()), 1_000, sample);
        return sample;
    }

    /** Written with its own schema, read with another. */
    static GenericRecord resolved(GenericRecord record, Schema reader) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
            encoder.flush();
            return new GenericDatumReader<GenericRecord>(record.getSchema(), reader)
                    .read(null, DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
