package dev.millrace.model.feature;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that are features already: an array of numbers, or bytes of little-endian float32.
 *
 * @param width how many, exactly
 * @param missing stands for each number of a missing vector; null rejects the record
 */
public record VectorFeature(
        String field, int width, @Nullable Double missing) implements Feature {

    @Override
    public List<String> fields() {
        return List.of(field);
    }

    @Override
    public String name(int index) {
        return field + "[" + index + "]";
    }

    @Override
    public String transform() {
        return "vector as it is";
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("field", field);
        tree.put("width", width);
        tree.put("missing", missing == null ? "reject" : missing);
        return Map.of("vector", tree);
    }

    @Override
    public FeatureWriter compile(Function<String, FieldReader> fields) {
        FieldReader reader = fields.apply(field);
        return switch (reader.schema().getType()) {
            case ARRAY -> ofArray(reader);
            case BYTES, FIXED -> ofBytes(reader);
            default -> throw Values.wrongType(reader, "an array of numbers or bytes of float32");
        };
    }

    private FeatureWriter ofArray(FieldReader reader) {
        Schema item = FieldReader.present(field, reader.schema().getElementType());
        ToDoubleFunction<Object> number = Values.number(new FieldReader(field + "[]", item, List.of()));
        return (record, into, at) -> {
            Object value = reader.read(record);
            if (value == null) {
                fill(into, at);
                return;
            }
            List<?> values = (List<?>) value;
            if (values.size() != width) throw wrongWidth(values.size(), "numbers");
            for (int i = 0; i < width; i++) {
                Object each = values.get(i);
                if (each == null) throw UnmappableException.missing(name(i));
                into[at + i] = (float) number.applyAsDouble(each);
            }
        };
    }

    private FeatureWriter ofBytes(FieldReader reader) {
        return (record, into, at) -> {
            Object value = reader.read(record);
            if (value == null) {
                fill(into, at);
                return;
            }
            ByteBuffer bytes = Values.bytes(value);
            if (bytes.remaining() != (long) width * Float.BYTES) {
                throw wrongWidth(bytes.remaining(), "bytes, " + Float.BYTES + " for each number");
            }
            bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(into, at, width);
        };
    }

    private void fill(float[] into, int at) {
        if (missing == null) throw UnmappableException.missing(field);
        Arrays.fill(into, at, at + width, missing.floatValue());
    }

    private UnmappableException wrongWidth(int received, String of) {
        return UnmappableException.feature(
                field + " must be a vector of " + width + ". Received: " + received + " " + of);
    }
}
