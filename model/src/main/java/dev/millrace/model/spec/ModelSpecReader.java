package dev.millrace.model.spec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a specification as a whole before it complains, and then names every mistake at once. */
final class ModelSpecReader {
    private static final int LARGEST_INPUT = 1 << 24;

    private final List<String> problems = new ArrayList<>();

    ModelSpec read(Map<String, ? extends @Nullable Object> tree) {
        Fields model = new Fields("model", tree, problems);
        String name = model.name("model");
        if (name.matches("\\.+")) model.reject("name must not be dots alone", name);
        Shape input = input(model);
        List<@Nullable LayerSpec> read =
                new LayerReader(problems).readAll(model.value("layers"), "model.layers", "", true, true);
        Loss loss = model.word("loss", Loss.class);
        model.rejectUnknown();
        List<LayerSpec> layers = new ArrayList<>();
        for (LayerSpec layer : read) if (layer != null) layers.add(layer);
        checkNames(layers);
        Shape output = input == null || layers.isEmpty() || layers.size() < read.size() ? null : output(input, layers);
        // A last layer that could not be read was complained of; the one before it is not the output.
        LayerSpec last = read.isEmpty() ? null : read.get(read.size() - 1);
        if (last != null && loss != null) checkOutput(last, output, loss);
        if (!problems.isEmpty() || input == null || loss == null) throw mistakes();
        ModelSpec spec = new ModelSpec(name, input, layers, loss);
        checkSize(spec);
        if (!problems.isEmpty()) throw mistakes();
        return spec;
    }

    private IllegalArgumentException mistakes() {
        return new IllegalArgumentException(problems.size() + (problems.size() == 1 ? " error" : " errors")
                + " in the model\n  " + String.join("\n  ", problems));
    }

    /** A number of features, or the extents of a sequence or an image. */
    private @Nullable Shape input(Fields model) {
        Object value = model.value("inputs");
        List<Integer> extents =
                Fields.extents(value instanceof List<?> list ? list : Collections.singletonList(value), LARGEST_INPUT);
        double features = 1;
        for (int extent : extents) features *= extent;
        boolean known = !extents.isEmpty() && extents.size() <= 3;
        if (known && features <= LARGEST_INPUT) return new Shape(extents);
        model.reject(
                "inputs must be an integer in 1.." + LARGEST_INPUT + ", [steps, features] or [height, width, channels]",
                value);
        return null;
    }

    /** The names of parameters begin with their layer's: two alike could not be told apart in a snapshot. */
    private void checkNames(List<LayerSpec> layers) {
        checkNames(layers, new HashSet<>());
    }

    private void checkNames(List<LayerSpec> layers, Set<String> seen) {
        for (LayerSpec layer : layers) {
            if (!seen.add(layer.name())) {
                problems.add("model.layers must have different names. Received twice: " + layer.name());
            }
            if (!(layer instanceof BranchesSpec branches)) continue;
            for (Branch branch : branches.branches()) checkNames(branch.layers(), seen);
        }
    }

    /** The shape that leaves the last layer; null if a layer cannot take what enters it. */
    private @Nullable Shape output(Shape input, List<LayerSpec> layers) {
        Shape shape = input;
        for (int i = 0; i < layers.size(); i++) {
            try {
                shape = layers.get(i).output(shape);
            } catch (IllegalArgumentException e) {
                problems.add("model.layers[" + i + "]: " + e.getMessage());
                return null;
            }
        }
        if (!shape.isFlat()) {
            problems.add("model.layers must end with a flat output, [outputs]. Received: " + shape + " from "
                    + layers.get(layers.size() - 1).name() + "; put flatten, or global_average_pooling2d, behind it");
        }
        return shape;
    }

    /** Cross-entropies are computed from logits: the last activation must be the one they belong to. */
    private void checkOutput(LayerSpec last, @Nullable Shape output, Loss loss) {
        Activation activation = last.activation();
        // A dense layer's outputs are known even if what enters it is not.
        int outputs = last instanceof DenseSpec dense ? dense.units() : output == null ? 0 : output.size();
        String received = ". Received: " + activation.word() + (outputs == 0 ? "" : " with " + outputs + " units");
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

    private void checkSize(ModelSpec spec) {
        try {
            if (spec.layout().size() == 0) problems.add("model.layers must have parameters to learn. Received: none");
        } catch (ArithmeticException e) {
            problems.add("parameters must be at most " + Integer.MAX_VALUE + " in number. Received: more");
        }
    }
}
