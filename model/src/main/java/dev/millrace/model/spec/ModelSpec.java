package dev.millrace.model.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A model as data, in Keras' words:
 *
 * <pre>
 * name: digits
 * inputs: [28, 28, 1]
 * layers:
 *   - conv2d: {filters: 16, kernel_size: 3, activation: relu}
 *   - max_pooling2d: {pool_size: 2}
 *   - flatten
 *   - dense: {units: 10, activation: softmax}
 * loss: categorical_crossentropy
 * </pre>
 *
 * @param name what its snapshots are called
 * @param inputShape of one sample; {@code inputs: 784} is a flat one
 */
public record ModelSpec(String name, Shape inputShape, List<LayerSpec> layers, Loss loss) {
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
        tree.put("inputs", inputShape.isFlat() ? inputs() : inputShape.extents());
        tree.put("layers", layers.stream().map(LayerSpec::toTree).toList());
        tree.put("loss", loss.word());
        return tree;
    }

    /**
     * The model as one of several workers computes it: the same but for the masks of dropout, which each worker draws for
     * itself. Worker 0 draws those of the specification.
     */
    public ModelSpec ofWorker(int worker) {
        return withDropouts(dropout -> dropout.ofWorker(worker));
    }

    /** The model as it is where nothing is learnt: nothing is dropped. */
    public ModelSpec withoutDropout() {
        return withDropouts(dropout -> new DropoutSpec(dropout.name(), 0, dropout.seed()));
    }

    private ModelSpec withDropouts(UnaryOperator<DropoutSpec> change) {
        List<LayerSpec> changed = new ArrayList<>();
        for (LayerSpec layer : layers) changed.add(layer.withDropouts(change));
        return new ModelSpec(name, inputShape, changed, loss);
    }

    /** The same model under another name. */
    public ModelSpec named(String other) {
        return new ModelSpec(other, inputShape, layers, loss);
    }

    /** Features of one sample, in the order of {@link #inputShape}. */
    public int inputs() {
        return inputShape.size();
    }

    /** Values of one sample that leave the last layer. */
    public int outputs() {
        Shape shape = inputShape;
        for (LayerSpec layer : layers) shape = layer.output(shape);
        return shape.size();
    }

    /** Labels of one sample. */
    public int labelWidth() {
        return loss.labelWidth(outputs());
    }

    /** The layers with their shapes and places, from the first to the last. */
    public List<PlacedLayer> placedLayers() {
        return place(layers, inputShape, 0, 0, denseSize());
    }

    static List<PlacedLayer> place(
            List<LayerSpec> layers, Shape inputShape, int firstOffset, int firstTable, int firstTableOffset) {
        List<PlacedLayer> placed = new ArrayList<>();
        int offset = firstOffset;
        int table = firstTable;
        int tableOffset = firstTableOffset;
        Shape shape = inputShape;
        for (LayerSpec layer : layers) {
            Shape output = layer.output(shape);
            List<ParameterBlock> parameters = layer.parameters(shape, offset);
            List<ParameterBlock> tables = layer.tables(shape, tableOffset);
            placed.add(new PlacedLayer(layer, shape, output, offset, parameters, table, tables));
            for (ParameterBlock block : parameters) offset = Math.addExact(offset, block.size());
            for (ParameterBlock block : tables) tableOffset = Math.addExact(tableOffset, block.size());
            table += tables.size();
            shape = output;
        }
        return placed;
    }

    /** Parameters that lie before the tables. */
    private int denseSize() {
        int size = 0;
        Shape shape = inputShape;
        for (LayerSpec layer : layers) {
            for (ParameterBlock block : layer.parameters(shape, size)) size = Math.addExact(size, block.size());
            shape = layer.output(shape);
        }
        return size;
    }

    /** Where each tensor lies in the flat vector. */
    public ParameterLayout layout() {
        List<PlacedLayer> placed = placedLayers();
        return new ParameterLayout(
                placed.stream().flatMap(layer -> layer.parameters().stream()).toList(),
                placed.stream().flatMap(layer -> layer.tables().stream()).toList());
    }

    /** For each input how many ids there are, if it is one: an integer in 0..ids-1; 0 for a number. [inputs] */
    public int[] ids() {
        return layers.get(0).ids(inputShape);
    }

    /** What the samples themselves set among the parameters. */
    public List<Moments> moments() {
        return layers.get(0).moments(inputShape, 0);
    }

    /** Values that an engine keeps of each sample while it goes through the layers, the features apart. */
    public long keptPerSample() {
        long kept = 0;
        for (PlacedLayer placed : placedLayers()) kept += placed.layer().kept(placed.input());
        return kept;
    }

    /** Parameters before the first step; the same seed gives the same on every machine. */
    public float[] initialParameters(long seed) {
        float[] values = new float[layout().size()];
        SplittableRandom random = new SplittableRandom(seed);
        for (PlacedLayer placed : placedLayers()) {
            SplittableRandom own = random.split();
            placed.layer().initialize(values, placed.offset(), placed.input(), own);
            if (placed.tables().isEmpty()) continue;
            placed.layer().initializeTables(values, placed.tables().get(0).offset(), placed.input(), own);
        }
        return values;
    }
}
