package dev.millrace.model.feature;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

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
        FieldWords reader = FieldWords.of(fields, field, lowerCase, missing);
        return (record, into, at) -> {
            List<String> words = reader.read(record);
            for (int n : ngrams) {
                for (int i = 0; i + n <= words.size(); i++) {
                    into[at + Murmur3.bucket(FieldWords.sequence(field, words, i, n), hash)]++;
                }
            }
            weigh(into, at);
        };
    }

    private void weigh(float[] into, int at) {
        if (weighting == Weighting.COUNT) return;
        for (int i = at; i < at + hash; i++) {
            if (into[i] > 0) into[i] = weighting == Weighting.BINARY ? 1 : (float) Math.log1p(into[i]);
        }
    }
}
