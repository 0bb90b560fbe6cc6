package dev.millrace.model.feature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Values that come together, one-hot: {@code murmur3("a=x&b=y") mod hash}.
 *
 * @param fields two or more
 * @param hash inputs
 * @param encoding id: one input, 0..hash-1
 * @param missing of a record that lacks one of the values
 */
public record CrossFeature(List<String> fields, int hash, Encoding encoding, Missing missing) implements Feature {
    public CrossFeature {
        fields = List.copyOf(fields);
    }

    @Override
    public int width() {
        return encoding.width(hash);
    }

    @Override
    public String name(int index) {
        return String.join("&", fields) + (encoding == Encoding.ID ? "" : "#" + index);
    }

    @Override
    public String transform() {
        return "cross, " + encoding.word() + " of " + hash + " hashed";
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("fields", fields);
        tree.put("hash", hash);
        tree.put("encoding", encoding.word());
        tree.put("missing", missing.word());
        return Map.of("cross", tree);
    }

    @Override
    public FeatureWriter compile(Function<String, FieldReader> find) {
        List<FieldReader> readers = new ArrayList<>();
        List<Function<Object, String>> texts = new ArrayList<>();
        for (String field : fields) {
            FieldReader reader = find.apply(field);
            readers.add(reader);
            texts.add(Values.text(reader));
        }
        return (record, into, at) -> {
            StringBuilder name = new StringBuilder();
            for (int i = 0; i < readers.size(); i++) {
                FieldReader reader = readers.get(i);
                Object value = reader.read(record);
                if (value == null && missing == Missing.REJECT) throw UnmappableException.missing(reader.path());
                if (value == null && missing == Missing.ZERO) return;
                if (i > 0) name.append('&');
                name.append(reader.path()).append('=');
                if (value != null) name.append(texts.get(i).apply(value));
            }
            encoding.write(Murmur3.bucket(name.toString(), hash), into, at);
        };
    }
}
