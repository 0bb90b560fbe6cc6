package dev.millrace.model.feature;

import dev.millrace.model.spec.Words;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One mapping of a specification; what is wrong with it goes to a common list. */
final class Section {
    private static final int LARGEST_WEIGHT = 1_000_000;

    private final String where;
    private final Map<?, ?> tree;
    private final List<String> problems;
    private final Set<String> known = new TreeSet<>();

    Section(String where, Map<?, ?> tree, List<String> problems) {
        this.where = where;
        this.tree = tree;
        this.problems = problems;
    }

    @Nullable
    Object value(String key) {
        known.add(key);
        return tree.get(key);
    }

    void problem(String key, String message) {
        problems.add(where + "." + key + " " + message);
    }

    private void expected(String key, String expected, @Nullable Object received) {
        problem(key, "must be " + expected + ". Received: " + (received == null ? "nothing" : Values.shown(received)));
    }

    /** A path that must be there. */
    String path(String key) {
        Object value = value(key);
        if (value instanceof String text && text.matches("[^.\\s][^\\s]*") && !text.endsWith(".")) return text;
        expected(key, "the path of a field, like user.age", value);
        return "?";
    }

    List<String> paths(String key, int least) {
        List<String> paths = words(key, least, 8);
        for (String path : paths) {
            if (!path.matches("[^.\\s][^\\s]*")) expected(key, "paths of fields, like user.age", path);
        }
        return paths;
    }

    /** A list of different words; empty where the key is not there and none are needed. */
    List<String> words(String key, int least, int most) {
        Object value = value(key);
        if (value == null && least == 0) return List.of();
        Set<String> words = new LinkedHashSet<>();
        if (!(value instanceof List<?> list) || list.size() < Math.max(1, least) || list.size() > most) {
            expected(key, "a list of " + Math.max(1, least) + " to " + most, value);
            return List.of();
        }
        for (Object each : list) {
            if (each == null || each instanceof List || each instanceof Map) {
                expected(key, "a list of words", each);
                continue;
            }
            if (each instanceof Boolean) { // NO is a country to people, and false to YAML
                expected(key, "a list of words, in quotes where YAML reads them as true or false", each);
                continue;
            }
            if (!words.add(each.toString())) problem(key, "must have different entries. Received twice: " + each);
        }
        return List.copyOf(words);
    }

    List<Integer> integers(String key, List<Integer> fallback, int length, int min, int max) {
        Object value = value(key);
        if (value == null && !fallback.isEmpty()) return fallback;
        List<Integer> integers = new ArrayList<>();
        if (value instanceof List<?> list && !list.isEmpty() && (length == 0 || list.size() == length)) {
            for (Object each : list) if (each instanceof Integer i && i >= min && i <= max) integers.add(i);
            boolean distinct = length > 0 || new HashSet<>(integers).size() == list.size();
            if (integers.size() == list.size() && distinct) return integers;
        }
        expected(
                key,
                "a list of " + (length == 0 ? "different" : length + "") + " integers in " + min + ".." + max,
                value);
        return fallback;
    }

    /** As many numbers >= 0 as there are; empty where the key is not there. */
    List<Double> weights(String key, int count) {
        Object value = value(key);
        if (value == null) return List.of();
        List<Double> weights = new ArrayList<>();
        if (value instanceof List<?> list && list.size() == count) {
            for (Object each : list) {
                if (each instanceof Number number
                        && number.doubleValue() >= 0
                        && number.doubleValue() <= LARGEST_WEIGHT) weights.add(number.doubleValue());
            }
            if (weights.size() == count && count > 0) return weights;
        }
        expected(key, "a list of " + count + " numbers in 0.." + LARGEST_WEIGHT + ", one for each class", value);
        return List.of();
    }

    int integer(String key, int fallback, int min, int max) {
        Object value = value(key);
        if (value == null && fallback >= 0) return fallback;
        if (value instanceof Integer number && number >= min && number <= max) return number;
        expected(key, "an integer in " + min + ".." + max, value);
        return min;
    }

    /** A finite number; null where the key is not there. */
    @Nullable
    Double number(String key) {
        Object value = value(key);
        if (value == null) return null;
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) return number.doubleValue();
        expected(key, "a finite number", value);
        return null;
    }

    /** A number in place of what is missing; null rejects it. */
    @Nullable
    Double missing() {
        Object value = value("missing");
        if (value == null || value.equals("reject")) return null;
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) return number.doubleValue();
        expected("missing", "reject or a finite number", value);
        return null;
    }

    boolean flag(String key, boolean fallback) {
        Object value = value(key);
        if (value == null) return fallback;
        if (value instanceof Boolean flag) return flag;
        expected(key, "true or false", value);
        return fallback;
    }

    String word(String key, String fallback, List<String> choices) {
        Object value = value(key);
        if (value == null) return fallback;
        if (choices.contains(value.toString())) return value.toString();
        expected(key, "one of " + String.join(", ", choices), value);
        return fallback;
    }

    /** Complains of keys that nobody asked for. */
    void rejectOthers() {
        for (Object key : tree.keySet()) {
            String word = String.valueOf(key);
            if (!known.contains(word)) problem(word, "unknown key" + Words.suggestion(word, known));
        }
    }
}
