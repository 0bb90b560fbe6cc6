package dev.millrace.model.feature;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * One of several values, one-hot or as an id; of an array every value it has, one-hot alone.
 *
 * @param vocabulary the values, in the order of their inputs; empty if hashed
 * @param hash inputs of the hashed form, {@code murmur3("field=value") mod hash}; 0 with a vocabulary
 * @param encoding id: one input, 0..hash-1 or the place in the vocabulary
 * @param unknown of a value outside the vocabulary
 * @param missing of no value
 */
public record CategoricalFeature(
        String field, List<String> vocabulary, int hash, Encoding encoding, Missing unknown, Missing missing)
        implements Feature {
    public CategoricalFeature {
        vocabulary = List.copyOf(vocabulary);
    }

    private boolean withBucket() {
        return hash == 0 && (unknown == Missing.BUCKET || missing == Missing.BUCKET);
    }

    @Override
    public int width() {
        return encoding.width(values());
    }

    private int values() {
        return hash > 0 ? hash : vocabulary.size() + (withBucket() ? 1 : 0);
    }

    @Override
    public List<String> fields() {
        return List.of(field);
    }

    @Override
    public String name(int index) {
        if (encoding == Encoding.ID) return field;
        if (hash > 0) return field + "#" + index;
        return field + "=" + (index < vocabulary.size() ? vocabulary.get(index) : "*");
    }

    @Override
    public String transform() {
        return encoding.word() + " of " + (hash > 0 ? hash + " hashed" : vocabulary.size() + " values");
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
        tree.put("encoding", encoding.word());
        tree.put("missing", missing.word());
        return Map.of("categorical", tree);
    }

    @Override
    public FeatureWriter compile(Function<String, FieldReader> fields) {
        FieldReader reader = fields.apply(field);
        boolean several = reader.schema().getType() == Schema.Type.ARRAY;
        if (several && encoding == Encoding.ID) throw Values.wrongType(reader, "one value, as its encoding is id");
        Schema item = several ? FieldReader.present(field, reader.schema().getElementType()) : reader.schema();
        Function<Object, String> text = Values.text(reader, item);
        Map<String, Integer> indices = new HashMap<>();
        for (int i = 0; i < vocabulary.size(); i++) indices.put(vocabulary.get(i), i);
        HashedName name = new HashedName(field);
        if (!several) {
            return (record, into, at) -> encoding.write(index(reader.read(record), text, indices, name), into, at);
        }
        return (record, into, at) -> {
            Object value = reader.read(record);
            if (value == null) {
                encoding.write(indexOfMissing(name), into, at);
                return;
            }
            for (Object each : (Collection<?>) value) {
                encoding.write(index(each, text, indices, name), into, at);
            }
        };
    }

    private int indexOfMissing(HashedName name) {
        return switch (missing) {
            case REJECT -> throw UnmappableException.missing(field);
            case ZERO -> -1;
            case BUCKET -> hash > 0 ? name.bucketOfNothing(hash) : vocabulary.size();
        };
    }

    private int index(
            @Nullable Object value, Function<Object, String> text, Map<String, Integer> indices, HashedName name) {
        if (value == null) return indexOfMissing(name);
        if (hash > 0) return name.bucket(value, text, hash);
        String word = text.apply(value);
        Integer index = indices.get(word);
        if (index != null) return index;
        return switch (unknown) {
            case REJECT ->
                throw UnmappableException.feature(field + " must be one of its vocabulary of " + vocabulary.size()
                        + " values. Received: " + Values.shown(word));
            case ZERO -> -1;
            case BUCKET -> vocabulary.size();
        };
    }
}
