package dev.millrace.model.feature;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Words and sequences of words as ids, in their order: {@code 1 + murmur3("field=a b") mod (hash - 1)}, first all words, then all
 * sequences of the next length. Id 0 pads a short text; of a long one the first {@code length} count.
 *
 * @param lowerCase whether words lose their capitals, by the rules of no language
 * @param ngrams lengths of the sequences, in words
 * @param hash how many ids there are, 0 among them
 * @param length inputs
 * @param missing of no text
 */
public record TokensFeature(
        String field, boolean lowerCase, List<Integer> ngrams, int hash, int length, Missing missing)
        implements Feature {
    public TokensFeature {
        ngrams = List.copyOf(ngrams);
    }

    @Override
    public int width() {
        return length;
    }

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
        return "ids of words by " + ngrams + ", " + hash + " hashed";
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("field", field);
        tree.put("lower-case", lowerCase);
        tree.put("ngrams", ngrams);
        tree.put("hash", hash);
        tree.put("length", length);
        tree.put("missing", missing.word());
        return Map.of("text", tree);
    }

    @Override
    public FeatureWriter compile(Function<String, FieldReader> fields) {
        FieldWords reader = FieldWords.of(fields, field, lowerCase, missing);
        return (record, into, at) -> {
            List<String> words = reader.read(record);
            int to = 0;
            for (int n : ngrams) {
                for (int i = 0; i + n <= words.size() && to < length; i++) {
                    into[at + to++] = 1 + Murmur3.bucket(FieldWords.sequence(field, words, i, n), hash - 1);
                }
            }
        };
    }
}
