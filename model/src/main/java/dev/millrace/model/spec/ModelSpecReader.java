package dev.millrace.model.spec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a specification as a whole before it complains, and then names every mistake at once. */
final class ModelSpecReader {
    private static final Set<String> MODEL_KEYS = Set.of("name", "inputs", "layers", "loss");
    private static final Set<String> LAYER_KINDS = Set.of("dense");
    private static final Set<String> DENSE_KEYS =
            Set.of("name", "units", "activation", "kernel_initializer", "bias_initializer");
    private static final String NAME = "[a-zA-Z0-9._-]{1,200}";

    private final List<String> problems = new ArrayList<>();

    ModelSpec read(Map<String, ? extends @Nullable Object> tree) {
        rejectUnknown("model", tree, MODEL_KEYS);
        String name = text(tree, "model", "name", "model");
        if (!name.matches(NAME) || name.matches("\\.+")) {
            problems.add("model.name must be 1 to 200 of a-z A-Z 0-9 . _ -. Received: " + name);
        }
        int inputs = integer(tree, "model", "inputs", 1, 1 << 24);
        List<@Nullable LayerSpec> read = layers(tree.get("layers"));
        List<LayerSpec> layers = new ArrayList<>();
        for (LayerSpec layer : read) if (layer != null) layers.add(layer);
        checkNames(layers);
        Loss loss = word(tree, "model", "loss", Loss.class, null);
        // A last layer that could not be read was complained of; the one before it is not the output.
        LayerSpec last = read.isEmpty() ? null : read.get(read.size() - 1);
        if (last != null && loss != null) checkOutput(last, loss);
        if (!problems.isEmpty() || loss == null) {
            throw new IllegalArgumentException(problems.size() + (problems.size() == 1 ? " error" : " errors")
                    + " in the model\n  " + String.join("\n  ", problems));
        }
        ModelSpec spec = new ModelSpec(name, inputs, layers, loss);
        try {
            spec.layout().size();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "1 error in the model\n  parameters must be at most " + Integer.MAX_VALUE
                            + " in number. Received: more",
                    e);
        }
        return spec;
    }

    /** One entry for each of the list, null for those that could not be read. */
    private List<@Nullable LayerSpec> layers(@Nullable Object value) {
        List<@Nullable LayerSpec> layers = new ArrayList<>();
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            problems.add("model.layers must be a list of at least one layer. Received: " + value);
            return layers;
        }
        for (int i = 0; i < list.size(); i++) {
            layers.add(layer(list.get(i), "model.layers[" + i + "]", i, i == list.size() - 1));
        }
        return layers;
    }

    private @Nullable LayerSpec layer(@Nullable Object value, String where, int index, boolean last) {
        if (!(value instanceof Map<?, ?> map) || map.size() != 1) {
            problems.add(where + " must be one kind with its settings, like dense: {units: 8}. Received: " + value);
            return null;
        }
        Map.Entry<?, ?> entry = map.entrySet().iterator().next();
        String kind = String.valueOf(entry.getKey());
        if (!LAYER_KINDS.contains(kind)) {
            problems.add(where + ": unknown layer " + kind + "; known: " + String.join(", ", LAYER_KINDS)
                    + Words.suggestion(kind, LAYER_KINDS));
            return null;
        }
        if (!(entry.getValue() instanceof Map<?, ?> settings)) {
            problems.add(where + "." + kind + " must have settings, like {units: 8}. Received: " + entry.getValue());
            return null;
        }
        return dense(strings(settings), where + "." + kind, index, last);
    }

    private @Nullable LayerSpec dense(Map<String, @Nullable Object> settings, String where, int index, boolean last) {
        int before = problems.size();
        rejectUnknown(where, settings, DENSE_KEYS);
        String name = text(settings, where, "name", "dense_" + (index + 1));
        if (!name.matches(NAME)) {
            problems.add(where + ".name must be 1 to 200 of a-z A-Z 0-9 . _ -. Received: " + name);
        }
        int units = integer(settings, where, "units", 1, 1 << 24);
        Activation activation = word(settings, where, "activation", Activation.class, Activation.LINEAR);
        Initializer kernel = word(settings, where, "kernel_initializer", Initializer.class, Initializer.GLOROT_UNIFORM);
        Initializer bias = word(settings, where, "bias_initializer", Initializer.class, Initializer.ZEROS);
        if (activation == Activation.SOFTMAX && !last) {
            problems.add(where + ".activation softmax is for the last layer alone");
        }
        if (problems.size() > before || activation == null || kernel == null || bias == null) return null;
        return new DenseSpec(name, units, activation, kernel, bias);
    }

    /** The names of parameters begin with their layer's: two alike could not be told apart in a snapshot. */
    private void checkNames(List<LayerSpec> layers) {
        Set<String> seen = new HashSet<>();
        for (LayerSpec layer : layers) {
            if (!seen.add(layer.name())) {
                problems.add("model.layers must have different names. Received twice: " + layer.name());
            }
        }
    }

    /** Cross-entropies are computed from logits: the last activation must be the one they belong to. */
    private void checkOutput(LayerSpec last, Loss loss) {
        Activation activation = last.activation();
        int outputs = last.outputs(0);
        String received = ". Received: " + activation.word() + " with " + outputs + " units";
        switch (loss) {
            case CATEGORICAL_CROSSENTROPY -> {
                if (activation != Activation.SOFTMAX || outputs < 2) {
                    problems.add("categorical_crossentropy needs a last layer with softmax and >= 2 units" + received);
                }
            }
            case BINARY_CROSSENTROPY -> {
                if (activation != Activation.SIGMOID) {
                    problems.add("binary_crossentropy needs a last layer with sigmoid" + received);
                }
            }
            case MEAN_SQUARED_ERROR, HINGE -> {
                if (activation == Activation.SOFTMAX) {
                    problems.add(loss.word() + " does not go with softmax" + received);
                }
            }
        }
    }

    private void rejectUnknown(String where, Map<String, ?> tree, Set<String> known) {
        for (String key : tree.keySet()) {
            if (!known.contains(key)) problems.add(where + "." + key + ": unknown key" + Words.suggestion(key, known));
        }
    }

    private String text(Map<String, ? extends @Nullable Object> tree, String where, String key, String fallback) {
        Object value = tree.get(key);
        if (value == null) return fallback;
        if (value instanceof String text && !text.isBlank()) return text;
        problems.add(where + "." + key + " must be text. Received: " + value);
        return fallback;
    }

    private int integer(Map<String, ? extends @Nullable Object> tree, String where, String key, int min, int max) {
        Object value = tree.get(key);
        if (value instanceof Integer number && number >= min && number <= max) return number;
        problems.add(where + "." + key + " must be an integer in " + min + ".." + max + ". Received: "
                + (value == null ? "nothing" : value));
        return min;
    }

    private <E extends Enum<E>> @Nullable E word(
            Map<String, ? extends @Nullable Object> tree,
            String where,
            String key,
            Class<E> type,
            @Nullable E fallback) {
        Object value = tree.get(key);
        if (value == null && fallback != null) return fallback;
        E found = value instanceof String text ? Words.find(type, text) : null;
        if (found == null) {
            problems.add(where + "." + key + " must be one of " + Words.choices(type) + ". Received: "
                    + (value == null ? "nothing" : value));
        }
        return found;
    }

    private static Map<String, @Nullable Object> strings(Map<?, ?> map) {
        Map<String, @Nullable Object> strings = new LinkedHashMap<>();
        map.forEach((key, value) -> strings.put(String.valueOf(key), value));
        return strings;
    }
}
