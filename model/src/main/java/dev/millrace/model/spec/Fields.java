package dev.millrace.model.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One section of a specification. What is wrong in it is added to the problems of the whole; reading goes on. */
final class Fields {
    private static final String NAME = "[a-zA-Z0-9._-]{1,200}";

    private final String where;
    private final Map<String, ? extends @Nullable Object> tree;
    private final List<String> problems;
    private final Set<String> known = new TreeSet<>();

    /** @param where how messages call the section, like {@code model.layers[0].dense} */
    Fields(String where, Map<String, ? extends @Nullable Object> tree, List<String> problems) {
        this.where = where;
        this.tree = tree;
        this.problems = problems;
    }

    /** A section within this one; null, and a complaint, if the value is none. */
    @Nullable
    Fields section(String name, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) return new Fields(where + "." + name, LayerReader.strings(map), problems);
        reject(name + " must be a section with layers", value);
        return null;
    }

    /** How messages call the section. */
    String where() {
        return where;
    }

    @Nullable
    Object value(String key) {
        known.add(key);
        return tree.get(key);
    }

    boolean has(String key) {
        return value(key) != null;
    }

    /** A name that can be part of a file's and a topic's. */
    String name(String fallback) {
        Object value = value("name");
        if (value == null) return fallback;
        if (!(value instanceof String name) || name.isBlank()) {
            reject("name must be text", value);
            return fallback;
        }
        if (!name.matches(NAME)) reject("name must be 1 to 200 of a-z A-Z 0-9 . _ -", value);
        return name;
    }

    /** An integer that must be there. */
    int integer(String key, int min, int max) {
        Object value = value(key);
        if (value instanceof Integer number && number >= min && number <= max) return number;
        reject(key + " must be an integer in " + min + ".." + max, value);
        return min;
    }

    /** Yes or no. */
    boolean flag(String key, boolean fallback) {
        Object value = value(key);
        if (value == null) return fallback;
        if (value instanceof Boolean flag) return flag;
        reject(key + " must be true or false", value);
        return fallback;
    }

    /** An integer of 64 bits. */
    long integer(String key, long fallback) {
        Object value = value(key);
        if (value == null) return fallback;
        if (value instanceof Integer || value instanceof Long) return ((Number) value).longValue();
        reject(key + " must be an integer", value);
        return fallback;
    }

    /**
     * Two integers {@code [height, width]}, or one for both.
     *
     * @param fallback null if it must be there
     */
    List<Integer> pair(String key, @Nullable List<Integer> fallback, int max) {
        Object value = value(key);
        if (value == null && fallback != null) return fallback;
        List<Integer> pair = extents(value instanceof List<?> list ? list : Arrays.asList(value, value), max);
        if (pair.size() == 2) return pair;
        reject(key + " must be an integer in 1.." + max + " or [height, width]", value);
        return List.of(1, 1);
    }

    /** The values as integers in {@code 1..max}; empty if one of them is none. */
    static List<Integer> extents(List<?> values, int max) {
        List<Integer> extents = new ArrayList<>();
        for (Object value : values) {
            if (!(value instanceof Integer extent) || extent < 1 || extent > max) return List.of();
            extents.add(extent);
        }
        return extents;
    }

    /**
     * A number of at least {@code min} and below 1.
     *
     * @param fallback null if it must be there
     */
    double share(String key, @Nullable Double fallback, double min) {
        Object value = value(key);
        if (value == null && fallback != null) return fallback;
        if (value instanceof Number number && number.doubleValue() >= min && number.doubleValue() < 1) {
            return number.doubleValue();
        }
        reject(key + " must be a number >= " + min + " and < 1", value);
        return min;
    }

    /** One of an enumeration's words. */
    <E extends Enum<E>> E word(String key, Class<E> type, E fallback) {
        E found = value(key) == null ? fallback : word(key, type);
        return found == null ? fallback : found;
    }

    /** One of an enumeration's words, which must be there; null if it is none. */
    <E extends Enum<E>> @Nullable E word(String key, Class<E> type) {
        Object value = value(key);
        E found = value instanceof String text ? Words.find(type, text) : null;
        if (found == null) reject(key + " must be one of " + Words.choices(type), value);
        return found;
    }

    /** Adds {@code where.what. Received: value}. */
    void reject(String what, @Nullable Object value) {
        problems.add(where + "." + what + ". Received: " + (value == null ? "nothing" : value));
    }

    /** Adds {@code where.what}. */
    void reject(String what) {
        problems.add(where + "." + what);
    }

    /** Complains of keys that nobody asked for; call it last. */
    void rejectUnknown() {
        for (String key : tree.keySet()) {
            if (!known.contains(key)) problems.add(where + "." + key + ": unknown key" + Words.suggestion(key, known));
        }
    }
}
