package dev.millrace.model.feature;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much a record counts.
 *
 * @param field a number >= 0
 * @param missing the weight of a record that does not say; null rejects it
 */
public record WeightSpec(String field, @Nullable Double missing) {

    Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("field", field);
        if (missing != null) tree.put("default", missing);
        return tree;
    }
}
