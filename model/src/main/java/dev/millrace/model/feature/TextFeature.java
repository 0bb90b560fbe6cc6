package dev.millrace.model.feature;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Words and sequences of words, hashed: each adds 1 to input {@code murmur3("field=a b") mod hash}. A word is a run of
 * letters and digits; an array of texts is read as the texts one after the other.
 *
 * @param lowerCase whether words lose their capitals, by the rules of no language
 * @param ngrams lengths of the sequences, in words
 * @param hash inputs
 * @param weighting of counts
 * @param missing of no text
 */
public record TextFeature(
        String field, boolean lowerCase, List<Integer> ngrams, int hash, Weighting weighting, Missing missing)
        implements Feature {

    /** What becomes of a count n. */
    public enum Weighting {
        /** n. */
        COUNT,
        /** 1 if n > 0. */
        BINARY,
        /** ln(1 + n). */
        LOG;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public TextFeature {
        ngrams = List.copyOf(ngrams);
    }

    @Override
    public int width() {
        return hash;
    }

    @Override
    public List<String> fields() {
        return List.of(field);
    }

    @Override
    public String name(int index) {
        return field + "#" + index;
    }

    @Override
    public String transform() {
        return "words by " + ngrams + ", " + weighting.word() + ", " + hash + " hashed";
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("field", field);
        tree.put("lower-case", lowerCase);
        tree.put("ngrams", ngrams);
        tree.put("hash", hash);
        tree.put("weighting", weighting.word());
        tree.put("missing", missing.word());
        return Map.of("text", tree);
    }

    @Override
    public FeatureWriter compile(Function<String, FieldReader> fields) {
        FieldReader reader = fields.apply(field);
        Schema schema = reader.schema();
        Schema item =
                schema.getType() == Schema.Type.ARRAY ? FieldReader.present(field, schema.getElementType()) : schema;
        if (item.getType() != Schema.Type.STRING && item.getType() != Schema.Type.ENUM) {
            throw Values.wrongType(reader, "text or an array of texts");
        }
        return (record, into, at) -> {
            Object value = reader.read(record);
            if (value == null && missing == Missing.REJECT) throw UnmappableException.missing(field);
            List<String> words = new ArrayList<>();
            if (value instanceof Collection<?> texts) texts.forEach(text -> split(text, words));
            else split(value, words);
            for (int n : ngrams) count(words, n, into, at);
            weigh(into, at);
        };
    }

    private void split(@Nullable Object value, List<String> words) {
        if (value == null) return;
        String text = lowerCase ? value.toString().toLowerCase(Locale.ROOT) : value.toString();
        int from = -1;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            boolean within = Character.isLetterOrDigit(text.codePointAt(i));
            if (within && from < 0) from = i;
            if (!within && from >= 0) {
                words.add(text.substring(from, i));
                from = -1;
            }
        }
        if (from >= 0) words.add(text.substring(from));
    }

    private void count(List<String> words, int n, float[] into, int at) {
        for (int i = 0; i + n <= words.size(); i++) {
            String name = field + "=" + String.join(" ", words.subList(i, i + n));
            into[at + Murmur3.bucket(name, hash)]++;
        }
    }

    private void weigh(float[] into, int at) {
        if (weighting == Weighting.COUNT) return;
        for (int i = at; i < at + hash; i++) {
            if (into[i] > 0) into[i] = weighting == Weighting.BINARY ? 1 : (float) Math.log1p(into[i]);
        }
    }
}
