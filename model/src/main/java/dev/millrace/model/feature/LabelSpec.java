package dev.millrace.model.feature;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is to be learnt.
 *
 * @param field a number or boolean, an array of numbers, or one of {@code classes}
 * @param classes words for the labels 0, 1, ...; empty where the field is the number itself
 * @param classWeights by which the weight of a record of each class is multiplied, >= 0; empty for 1
 */
public record LabelSpec(String field, List<String> classes, List<Double> classWeights) {
    public LabelSpec {
        classes = List.copyOf(classes);
        classWeights = List.copyOf(classWeights);
    }

    Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("field", field);
        if (!classes.isEmpty()) tree.put("classes", classes);
        if (!classWeights.isEmpty()) tree.put("class-weights", classWeights);
        return tree;
    }
}
