package dev.millrace.model.spec;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A flat section of a configuration, read as a whole; {@link #check} then names every mistake at once. */
public final class Settings {
    private final String section;
    private final Map<String, ? extends @Nullable Object> tree;
    private final Set<String> known = new TreeSet<>();
    private final Set<String> problems = new LinkedHashSet<>(); // whoever reads a key twice errs once

    /** @param section how messages call it, like {@code optimizer} */
    public Settings(String section, Map<String, ? extends @Nullable Object> tree) {
        this.section = section;
        this.tree = tree;
    }

    /** A number; what is beyond {@code min} and {@code max} is a mistake. */
    public double number(String key, double fallback, double min, double max) {
        Object value = value(key);
        if (value == null) return fallback;
        Double number = toNumber(value);
        if (number != null && number >= min && number <= max) return number;
        problems.add(section + "." + key + " must be a number in " + min + ".." + max + ". Received: " + value);
        return fallback;
    }

    /** An integer within {@code min..max}. */
    public long integer(String key, long fallback, long min, long max) {
        double number = number(key, fallback, min, max);
        if (number == Math.rint(number)) return (long) number;
        problems.add(section + "." + key + " must be an integer. Received: " + value(key));
        return fallback;
    }

    /** One of some words. */
    public String word(String key, String fallback, List<String> choices) {
        Object value = value(key);
        if (value == null) return fallback;
        String word = value.toString();
        if (choices.contains(word)) return word;
        problems.add(section + "." + key + " must be one of " + String.join(", ", choices) + ". Received: " + word
                + Words.suggestion(word, choices));
        return fallback;
    }

    /** Whether the key is there. */
    public boolean has(String key) {
        return value(key) != null;
    }

    private @Nullable Object value(String key) {
        known.add(key);
        return tree.get(key);
    }

    private static @Nullable Double toNumber(Object value) {
        if (value instanceof Number number) return number.doubleValue();
        try {
            return Double.valueOf(value.toString());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** @throws IllegalArgumentException naming every mistake, unknown keys among them */
    public void check() {
        for (String key : tree.keySet()) {
            if (!known.contains(key))
                problems.add(section + "." + key + ": unknown key" + Words.suggestion(key, known));
        }
        if (problems.isEmpty()) return;
        throw new IllegalArgumentException(problems.size() + (problems.size() == 1 ? " error" : " errors") + " in "
                + section + "\n  " + String.join("\n  ", problems));
    }
}
