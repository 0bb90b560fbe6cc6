package dev.millrace.model.feature;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A specification and the part of a schema that it reads: all that is needed to map records, in training and wherever a
 * snapshot is used. Records of other writers are resolved to {@link #schema} by Avro's rules: fields may come, go with a
 * default, change places, or be renamed by alias.
 *
 * @param schema the fields that are read, and no others
 */
public record FeatureMapping(FeatureSpec spec, Schema schema) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /**
     * The mapping of a user's records.
     *
     * @throws IllegalArgumentException naming every field that is not in the schema or of a type that cannot be taken
     */
    public static FeatureMapping of(FeatureSpec spec, Schema record) {
        if (record.getType() != Schema.Type.RECORD) {
            throw new IllegalArgumentException("source.schema must be a record. Received: " + FieldReader.word(record));
        }
        FeatureMapping mapping = new FeatureMapping(spec, Projection.of(record, spec.paths()));
        RecordMapper unused = mapping.mapper();
        return mapping;
    }

    /** Maps records of {@link #schema}; not for several threads at once. */
    public RecordMapper mapper() {
        return new RecordMapper(this);
    }

    /** The mapping of records that nobody has labeled. */
    public FeatureMapping withoutLabel() {
        FeatureSpec inputs = spec.withoutLabel();
        return new FeatureMapping(inputs, Projection.of(schema, inputs.paths()));
    }

    /** Specification and schema as JSON, as a snapshot carries them. */
    public String toJson() {
        try {
            Map<String, Object> tree = new LinkedHashMap<>(spec.toTree());
            tree.put("schema", JSON.readTree(schema.toString()));
            return JSON.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("words and numbers can be written", e);
        }
    }

    /** @throws IllegalArgumentException if it is not what {@link #toJson} writes */
    public static FeatureMapping fromJson(String json) {
        try {
            Map<String, @Nullable Object> tree = JSON.readValue(json, new TypeReference<>() {});
            Object schema = tree.remove("schema");
            if (schema == null) throw new IllegalArgumentException("The features lack their schema");
            return of(FeatureSpec.of(tree), new Schema.Parser().parse(JSON.writeValueAsString(schema)));
        } catch (JsonProcessingException | AvroRuntimeException e) {
            throw new IllegalArgumentException("The features are not well-formed: " + e.getMessage(), e);
        }
    }
}
