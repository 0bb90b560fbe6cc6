package dev.millrace.pipeline.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Between nested maps and dotted keys: {@code {a: {b: 1}}} and {@code a.b: 1} are the same configuration. */
final class FlatKeys {
    private FlatKeys() {}

    /**
     * Flattens nested maps; lists, scalars, empty maps and nulls stay values.
     *
     * @param problems receives a key that is set twice, once nested and once flat
     */
    static Map<String, @Nullable Object> flatten(Map<String, @Nullable Object> tree, List<ConfigProblem> problems) {
        Map<String, @Nullable Object> flat = new LinkedHashMap<>();
        flatten("", tree, flat, problems);
        return flat;
    }

    private static void flatten(
            String prefix, Map<?, ?> tree, Map<String, @Nullable Object> flat, List<ConfigProblem> problems) {
        tree.forEach((name, value) -> {
            String key = prefix + name;
            if (value instanceof Map<?, ?> below && !below.isEmpty()) {
                flatten(key + ".", below, flat, problems);
            } else if (flat.containsKey(key)) {
                problems.add(new ConfigProblem(key, "is set twice, nested and flat; keep one"));
            } else {
                flat.put(key, value);
            }
        });
    }

    /** Sets a key over others: what lies below it, and a scalar in place of one of its parents, go. */
    static void override(Map<String, @Nullable Object> flat, String key, @Nullable Object value) {
        flat.keySet().removeIf(other -> other.startsWith(key + "."));
        flat.entrySet().removeIf(e -> key.startsWith(e.getKey() + ".") && isEmpty(e.getValue()));
        flat.put(key, value);
    }

    private static boolean isEmpty(@Nullable Object value) {
        return value == null || (value instanceof Map<?, ?> map && map.isEmpty());
    }

    /** Nested maps of everything below a prefix that ends with a dot. */
    static Map<String, @Nullable Object> below(String prefix, Map<String, @Nullable Object> flat) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        flat.forEach((key, value) -> {
            if (key.startsWith(prefix)) put(tree, key.substring(prefix.length()), value);
        });
        return tree;
    }

    @SuppressWarnings("unchecked") // every map in the tree is one of ours
    private static void put(Map<String, @Nullable Object> tree, String key, @Nullable Object value) {
        int dot = key.indexOf('.');
        if (dot < 0) {
            tree.put(key, value);
            return;
        }
        Object below = tree.get(key.substring(0, dot));
        if (!(below instanceof LinkedHashMap)) {
            below = new LinkedHashMap<String, @Nullable Object>();
            tree.put(key.substring(0, dot), below);
        }
        put((Map<String, @Nullable Object>) below, key.substring(dot + 1), value);
    }
}
