package dev.millrace.model.feature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a record becomes a sample, as data:
 *
 * <pre>
 * inputs:
 *   - numeric: {field: price, transform: log1p}
 *   - categorical: {field: country, vocabulary: [DE, FR, US]}
 * label: {field: outcome, classes: [LOST, WON]}
 * weight: {field: importance, default: 1}
 * id: {field: auction}
 * event-time: {field: at}
 * </pre>
 *
 * @param inputs in the order of the model's inputs
 * @param label null where records are predicted only
 * @param weight null for 1
 * @param id path of what names a record to people; null for nothing
 * @param eventTime path of when it happened; null for the record's own time stamp
 */
public record FeatureSpec(
        List<Feature> inputs,
        @Nullable LabelSpec label,
        @Nullable WeightSpec weight,
        @Nullable String id,
        @Nullable String eventTime) {

    public FeatureSpec {
        inputs = List.copyOf(inputs);
    }

    /**
     * Reads a specification from a tree of maps, lists and values.
     *
     * @throws IllegalArgumentException naming every mistake
     */
    public static FeatureSpec of(Map<String, ? extends @Nullable Object> tree) {
        return new FeatureSpecReader().read(tree);
    }

    /** The whole specification, defaults spelled out; {@link #of} reads it again. */
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("inputs", inputs.stream().map(Feature::toTree).toList());
        if (label != null) tree.put("label", label.toTree());
        if (weight != null) tree.put("weight", weight.toTree());
        if (id != null) tree.put("id", Map.of("field", id));
        if (eventTime != null) tree.put("event-time", Map.of("field", eventTime));
        return tree;
    }

    /** Inputs that a model must have. */
    public int width() {
        int width = 0;
        for (Feature input : inputs) width = Math.addExact(width, input.width());
        return width;
    }

    /** Names of the inputs, in their order. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (Feature input : inputs) for (int i = 0; i < input.width(); i++) names.add(input.name(i));
        return names;
    }

    /** Words for the labels 0, 1, ...; empty where labels are numbers. */
    public List<String> classes() {
        return label == null ? List.of() : label.classes();
    }

    /** Inputs and id alone, for records that nobody has labeled yet. */
    public FeatureSpec withoutLabel() {
        return new FeatureSpec(inputs, null, null, id, null);
    }

    String nameOf(int index) {
        int at = index;
        for (Feature input : inputs) {
            if (at < input.width()) return input.name(at);
            at -= input.width();
        }
        return "feature " + index;
    }

    /** Every path that is read, with repetitions. */
    List<String> paths() {
        List<String> paths = new ArrayList<>();
        for (Feature input : inputs) paths.addAll(input.fields());
        if (label != null) paths.add(label.field());
        if (weight != null) paths.add(weight.field());
        if (id != null) paths.add(id);
        if (eventTime != null) paths.add(eventTime);
        return paths;
    }
}
