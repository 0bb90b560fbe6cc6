package dev.millrace.model.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One place where two descriptions differ.
 *
 * @param what its path, for example {@code layers[0].dense.units}
 * @param a text of the first; null if it has nothing there
 * @param b text of the second; null if it has nothing there
 */
public record Difference(
        String what, @Nullable String a, @Nullable String b) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Differences of two maps, in the order of their keys. */
    static List<Difference> of(Map<String, String> a, Map<String, String> b) {
        Set<String> keys = new LinkedHashSet<>(a.keySet());
        keys.addAll(b.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String key : keys) {
            if (!Objects.equals(a.get(key), b.get(key))) {
                differences.add(new Difference(key, a.get(key), b.get(key)));
            }
        }
        return differences;
    }

    /**
     * Differences of two JSON texts. A list of plain values, such as a vocabulary, is one value.
     *
     * @param a null for none
     * @param b null for none
     * @throws SnapshotException if a text is no JSON
     */
    static List<Difference> ofJson(@Nullable String a, @Nullable String b) {
        return of(flat(a), flat(b));
    }

    private static Map<String, String> flat(@Nullable String json) {
        Map<String, String> values = new TreeMap<>(); // as a spec may name its settings in any order
        if (json == null) return values;
        try {
            flatten("", JSON.readTree(json), values);
        } catch (JsonProcessingException e) {
            throw new SnapshotException("a description is not well-formed: " + e.getOriginalMessage(), e);
        }
        return values;
    }

    private static void flatten(String path, JsonNode node, Map<String, String> into) {
        if (node.isObject()) {
            node.properties()
                    .forEach(entry -> flatten(
                            path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(), entry.getValue(), into));
        } else if (node.isArray() && node.size() > 0 && node.get(0).isContainerNode()) {
            for (int i = 0; i < node.size(); i++) flatten(path + "[" + i + "]", node.get(i), into);
        } else {
            into.put(path, node.isTextual() ? node.textValue() : node.toString());
        }
    }
}
