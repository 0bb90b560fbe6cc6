package dev.millrace.model.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A model as data, in Keras' words:
 *
 * <pre>
 * name: digits
 * inputs: 784
 * layers:
 *   - dense: {units: 128, activation: relu}
 *   - dense: {units: 10, activation: softmax}
 * loss: categorical_crossentropy
 * </pre>
 *
 * @param name what its snapshots are called
 * @param inputs features of one sample
 */
public record ModelSpec(String name, int inputs, List<LayerSpec> layers, Loss loss) {
    public ModelSpec {
        layers = List.copyOf(layers);
    }

    /**
     * Reads a specification from a tree of maps, lists and values.
     *
     * @throws IllegalArgumentException naming every mistake
     */
    public static ModelSpec of(Map<String, ? extends @Nullable Object> tree) {
        return new ModelSpecReader().read(tree);
    }

    /** Reads YAML; see {@link #of}. */
    public static ModelSpec fromYaml(String yaml) {
        return of(SpecText.parseYaml(yaml));
    }

    /** Reads JSON; see {@link #of}. */
    public static ModelSpec fromJson(String json) {
        return of(SpecText.parseJson(json));
    }

    /** The whole specification, defaults spelled out; equal for equal models. */
    public String toJson() {
        return SpecText.toJson(toTree());
    }

    /** What {@link #toJson} writes, as maps and lists. */
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", name);
        tree.put("inputs", inputs);
        tree.put("layers", layers.stream().map(LayerSpec::toTree).toList());
        tree.put("loss", loss.word());
        return tree;
    }

    /** Values of one sample that leave the last layer. */
    public int outputs() {
        int width = inputs;
        for (LayerSpec layer : layers) width = layer.outputs(width);
        return width;
    }

    /** Labels of one sample. */
    public int labelWidth() {
        return loss.labelWidth(outputs());
    }

    /** Where each tensor lies in the flat vector. */
    public ParameterLayout layout() {
        List<ParameterBlock> blocks = new ArrayList<>();
        int offset = 0;
        int width = inputs;
        for (LayerSpec layer : layers) {
            for (ParameterBlock block : layer.parameters(width, offset)) {
                blocks.add(block);
                offset = Math.addExact(offset, block.size());
            }
            width = layer.outputs(width);
        }
        return new ParameterLayout(blocks);
    }

    /** Parameters before the first step; the same seed gives the same on every machine. */
    public float[] initialParameters(long seed) {
        float[] values = new float[layout().size()];
        SplittableRandom random = new SplittableRandom(seed);
        int offset = 0;
        int width = inputs;
        for (LayerSpec layer : layers) {
            layer.initialize(values, offset, width, random.split());
            for (ParameterBlock block : layer.parameters(width, offset)) offset += block.size();
            width = layer.outputs(width);
        }
        return values;
    }
}
