package dev.millrace.model.feature;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.Schema;

/**
 * One of several values, one-hot; of an array every value it has.
 *
 * @param vocabulary the values, in the order of their inputs; empty if hashed
 * @param hash inputs of the hashed form, {@code murmur3("field=value") mod hash}; 0 with a vocabulary
 * @param unknown of a value outside the vocabulary
 * @param missing of no value
 */
public record CategoricalFeature(String field, List<String> vocabulary, int hash, Missing unknown, Missing missing)
        implements Feature {
    public CategoricalFeature {
        vocabulary = List.copyOf(vocabulary);
    }

    private boolean withBucket() {
        return hash == 0 && (unknown == Missing.BUCKET || missing == Missing.BUCKET);
    }

    @Override
    public int width() {
        return hash > 0 ? hash : vocabulary.size() + (withBucket() ? 1 : 0);
    }

    @Override
    public List<String> fields() {
        return List.of(field);
    }

    @Override
    public String name(int index) {
        if (hash > 0) return field + "#" + index;
        return field + "=" + (index < vocabulary.size() ? vocabulary.get(index) : "*");
    }

    @Override
    public String transform() {
        return hash > 0 ? "one-hot of " + hash + " hashed" : "one-hot of " + vocabulary.size() + " values";
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("field", field);
        if (hash > 0) {
            tree.put("hash", hash);
        } else {
            tree.put("vocabulary", vocabulary);
            tree.put("unknown", unknown.word());
        }
        tree.put("encoding", "one-hot");
        tree.put("missing", missing.word());
        return Map.of("categorical", tree);
    }

    @Override
    public FeatureWriter compile(Function<String, FieldReader> fields) {
        FieldReader reader = fields.apply(field);
        boolean several = reader.schema().getType() == Schema.Type.ARRAY;
        Schema item = several ? FieldReader.present(field, reader.schema().getElementType()) : reader.schema();
        Function<Object, String> text = Values.text(reader, item);
        Map<String, Integer> indices = new HashMap<>();
        for (int i = 0; i < vocabulary.size(); i++) indices.put(vocabulary.get(i), i);
        return (record, into, at) -> {
            Object value = reader.read(record);
            if (!(value instanceof Collection<?> values)) {
                set(value == null ? indexOfMissing() : index(text.apply(value), indices), into, at);
                return;
            }
            for (Object each : values) {
                set(each == null ? indexOfMissing() : index(text.apply(each), indices), into, at);
            }
        };
    }

    private static void set(int index, float[] into, int at) {
        if (index >= 0) into[at + index] = 1;
    }

    private int indexOfMissing() {
        return switch (missing) {
            case REJECT -> throw UnmappableException.missing(field);
            case ZERO -> -1;
            case BUCKET -> hash > 0 ? bucket("") : vocabulary.size();
        };
    }

    private int index(String value, Map<String, Integer> indices) {
        if (hash > 0) return bucket(value);
        Integer index = indices.get(value);
        if (index != null) return index;
        return switch (unknown) {
            case REJECT ->
                throw UnmappableException.feature(field + " must be one of its vocabulary of " + vocabulary.size()
                        + " values. Received: " + Values.shown(value));
            case ZERO -> -1;
            case BUCKET -> vocabulary.size();
        };
    }

    private int bucket(String value) {
        return Murmur3.bucket(field + "=" + value, hash);
    }
}
