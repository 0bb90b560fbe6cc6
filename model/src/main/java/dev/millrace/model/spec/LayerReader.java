package dev.millrace.model.spec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code layers}: a kind with its settings, {@code dense: {units: 8}}, or a kind alone, {@code flatten}. */
final class LayerReader {
    private static final int LARGEST = 1 << 24;
    private static final int LARGEST_SQUARE = 1 << 12; // units times units are as many weights as can be
    private static final double SMALLEST_EPSILON = 1e-12; // beside it the variance of float32 values is nothing

    private static final Map<String, Kind> KINDS = kinds();

    private final List<String> problems;

    LayerReader(List<String> problems) {
        this.problems = problems;
    }

    private interface Kind {
        LayerSpec read(Fields fields, Place place);
    }

    /**
     * Where a layer stands.
     *
     * @param path of positions from 1 on: {@code 2}, or {@code 1_2_3} for the third layer of the second branch of the first
     * @param index among the layers of its branch
     * @param atInput whether what enters it, if it is the first of them, enters the model
     * @param last whether it is the last of the model
     */
    record Place(LayerReader reader, String kind, String path, int index, boolean atInput, boolean last) {
        String name(Fields fields) {
            return fields.name(kind + "_" + path);
        }

        /** Different for each place; the position for layers of no branch. */
        long seed() {
            return Long.parseLong(path.replace("_", "0"));
        }

        boolean first() {
            return index == 0 && atInput;
        }

        /** Reads the layers of a branch of the layer at this place; null if they could not be read. */
        @Nullable
        List<LayerSpec> branch(Fields fields, int branch) {
            String inner = path + "_" + (branch + 1) + "_";
            List<@Nullable LayerSpec> read =
                    reader.readAll(fields.value("layers"), fields.where() + ".layers", inner, first(), false);
            List<LayerSpec> layers = new ArrayList<>();
            for (LayerSpec layer : read) if (layer != null) layers.add(layer);
            return layers.isEmpty() || layers.size() < read.size() ? null : layers;
        }
    }

    /**
     * Reads a list of layers, with null for those that could not be read; why has then been added to the problems.
     *
     * @param where how messages call the list
     * @param path what stands before a position in names
     * @param atInput whether what enters the first enters the model
     * @param endsModel whether what leaves the last leaves the model
     */
    List<@Nullable LayerSpec> readAll(
            @Nullable Object value, String where, String path, boolean atInput, boolean endsModel) {
        List<@Nullable LayerSpec> layers = new ArrayList<>();
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            problems.add(where + " must be a list of at least one layer. Received: " + value);
            return layers;
        }
        for (int i = 0; i < list.size(); i++) {
            boolean last = endsModel && i == list.size() - 1;
            Place place = new Place(this, "", path + (i + 1), i, atInput, last);
            layers.add(read(list.get(i), where + "[" + i + "]", place));
        }
        return layers;
    }

    private static Map<String, Kind> kinds() {
        Map<String, Kind> kinds = new TreeMap<>();
        kinds.put("dense", LayerReader::dense);
        kinds.put("conv2d", LayerReader::conv2d);
        kinds.put("depthwise_conv2d", LayerReader::depthwiseConv2d);
        kinds.put("max_pooling2d", (fields, place) -> pooling(fields, place, Pooling.MAX));
        kinds.put("average_pooling2d", (fields, place) -> pooling(fields, place, Pooling.AVERAGE));
        kinds.put("global_max_pooling2d", (fields, place) -> new GlobalPooling2dSpec(place.name(fields), Pooling.MAX));
        kinds.put(
                "global_average_pooling2d",
                (fields, place) -> new GlobalPooling2dSpec(place.name(fields), Pooling.AVERAGE));
        kinds.put("global_max_pooling1d", (fields, place) -> pooling1d(fields, place, Pooling.MAX));
        kinds.put("global_average_pooling1d", (fields, place) -> pooling1d(fields, place, Pooling.AVERAGE));
        kinds.put("lstm", LayerReader::lstm);
        kinds.put("self_attention", LayerReader::selfAttention);
        kinds.put("flatten", (fields, place) -> new FlattenSpec(place.name(fields)));
        kinds.put("dropout", LayerReader::dropout);
        kinds.put("layer_normalization", LayerReader::layerNormalization);
        kinds.put("normalization", LayerReader::normalization);
        kinds.put("concatenate", (fields, place) -> BranchesReader.read(fields, place, BranchesSpec.Merge.CONCATENATE));
        kinds.put("add", (fields, place) -> BranchesReader.read(fields, place, BranchesSpec.Merge.ADD));
        kinds.put("embedding", LayerReader::embedding);
        kinds.put("embedding_bag", LayerReader::embeddingBag);
        kinds.put("sparse_linear", LayerReader::sparseLinear);
        kinds.put("factorization_machine", LayerReader::factorizationMachine);
        return kinds;
    }

    private @Nullable LayerSpec read(@Nullable Object value, String where, Place at) {
        Object entry = value instanceof String kind ? Collections.singletonMap(kind, null) : value;
        if (!(entry instanceof Map<?, ?> map) || map.size() != 1) {
            problems.add(where + " must be one kind with its settings, like dense: {units: 8}. Received: " + value);
            return null;
        }
        Map.Entry<?, ?> only = map.entrySet().iterator().next();
        String word = String.valueOf(only.getKey());
        Kind kind = KINDS.get(word);
        if (kind == null) {
            problems.add(where + ": unknown layer " + word + "; known: " + String.join(", ", KINDS.keySet())
                    + Words.suggestion(word, KINDS.keySet()));
            return null;
        }
        if (only.getValue() != null && !(only.getValue() instanceof Map<?, ?>)) {
            problems.add(where + "." + word + " must have settings, like {units: 8}. Received: " + only.getValue());
            return null;
        }
        int before = problems.size();
        Fields fields = new Fields(where + "." + word, strings(only.getValue()), problems);
        LayerSpec layer = kind.read(fields, new Place(this, word, at.path(), at.index(), at.atInput(), at.last()));
        fields.rejectUnknown();
        return problems.size() == before ? layer : null;
    }

    static Map<String, @Nullable Object> strings(@Nullable Object settings) {
        Map<String, @Nullable Object> strings = new LinkedHashMap<>();
        if (settings instanceof Map<?, ?> map) map.forEach((key, value) -> strings.put(String.valueOf(key), value));
        return strings;
    }

    private static LayerSpec dense(Fields fields, Place place) {
        return new DenseSpec(
                place.name(fields),
                fields.integer("units", 1, LARGEST),
                activation(fields, place),
                fields.word("kernel_initializer", Initializer.class, Initializer.GLOROT_UNIFORM),
                fields.word("bias_initializer", Initializer.class, Initializer.ZEROS));
    }

    private static LayerSpec conv2d(Fields fields, Place place) {
        return new Conv2dSpec(
                place.name(fields),
                fields.integer("filters", 1, LARGEST),
                window(
                        fields.pair("kernel_size", null, LARGEST),
                        fields.pair("strides", List.of(1, 1), LARGEST),
                        fields.word("padding", Padding.class, Padding.VALID)),
                activation(fields, place),
                fields.word("kernel_initializer", Initializer.class, Initializer.GLOROT_UNIFORM),
                fields.word("bias_initializer", Initializer.class, Initializer.ZEROS));
    }

    private static LayerSpec depthwiseConv2d(Fields fields, Place place) {
        return new DepthwiseConv2dSpec(
                place.name(fields),
                fields.has("depth_multiplier") ? fields.integer("depth_multiplier", 1, LARGEST) : 1,
                window(
                        fields.pair("kernel_size", null, LARGEST),
                        fields.pair("strides", List.of(1, 1), LARGEST),
                        fields.word("padding", Padding.class, Padding.VALID)),
                activation(fields, place),
                fields.word("depthwise_initializer", Initializer.class, Initializer.GLOROT_UNIFORM),
                fields.word("bias_initializer", Initializer.class, Initializer.ZEROS));
    }

    private static LayerSpec pooling(Fields fields, Place place, Pooling pooling) {
        List<Integer> size = fields.pair("pool_size", List.of(2, 2), LARGEST);
        Padding padding = fields.word("padding", Padding.class, Padding.VALID);
        if (padding != Padding.VALID) fields.reject("padding must be valid", padding.word());
        return new Pooling2dSpec(
                place.name(fields), pooling, window(size, fields.pair("strides", size, LARGEST), Padding.VALID));
    }

    private static LayerSpec pooling1d(Fields fields, Place place, Pooling pooling) {
        return new GlobalPooling1dSpec(place.name(fields), pooling, fields.flag("mask_zero", false));
    }

    private static LayerSpec lstm(Fields fields, Place place) {
        return new LstmSpec(
                place.name(fields),
                fields.integer("units", 1, LARGEST_SQUARE),
                fields.flag("return_sequences", false),
                fields.flag("mask_zero", false));
    }

    private static LayerSpec selfAttention(Fields fields, Place place) {
        return new SelfAttentionSpec(
                place.name(fields),
                fields.has("num_heads") ? fields.integer("num_heads", 1, LARGEST_SQUARE) : 1,
                fields.integer("key_dim", 1, LARGEST_SQUARE),
                fields.flag("mask_zero", false));
    }

    private static LayerSpec dropout(Fields fields, Place place) {
        // The position, not one number for all: layers of one seed would drop alike.
        return new DropoutSpec(place.name(fields), fields.share("rate", null, 0), fields.integer("seed", place.seed()));
    }

    private static LayerSpec layerNormalization(Fields fields, Place place) {
        return new LayerNormalizationSpec(place.name(fields), fields.share("epsilon", 1e-3, SMALLEST_EPSILON));
    }

    private static LayerSpec normalization(Fields fields, Place place) {
        if (!place.first()) fields.reject("place must be first: it standardizes what enters the model", place.path());
        return new NormalizationSpec(
                place.name(fields),
                fields.has("half_life") ? fields.integer("half_life", 1, Integer.MAX_VALUE) : 0,
                fields.share("epsilon", 1e-7, SMALLEST_EPSILON));
    }

    private static LayerSpec embedding(Fields fields, Place place) {
        return new EmbeddingSpec(place.name(fields), table(fields, place), fields.integer("output_dim", 1, LARGEST));
    }

    private static LayerSpec embeddingBag(Fields fields, Place place) {
        return new EmbeddingBagSpec(
                place.name(fields),
                table(fields, place),
                fields.integer("output_dim", 1, LARGEST),
                fields.word("mode", EmbeddingBagSpec.Mode.class, EmbeddingBagSpec.Mode.SUM));
    }

    private static LayerSpec sparseLinear(Fields fields, Place place) {
        return new SparseLinearSpec(
                place.name(fields),
                table(fields, place),
                fields.integer("units", 1, LARGEST),
                activation(fields, place));
    }

    private static LayerSpec factorizationMachine(Fields fields, Place place) {
        Activation activation = activation(fields, place);
        if (activation == Activation.SOFTMAX)
            fields.reject("activation softmax needs >= 2 units; a factorization machine has 1");
        return new FactorizationMachineSpec(
                place.name(fields), table(fields, place), fields.integer("factors", 1, LARGEST), activation);
    }

    private static EmbeddingTable table(Fields fields, Place place) {
        if (!place.first()) fields.reject("place must be first: it takes ids, which no layer gives", place.path());
        return new EmbeddingTable(
                fields.integer("input_dim", 1, EmbeddingTable.MOST_ROWS), fields.flag("mask_zero", false));
    }

    private static Window window(List<Integer> size, List<Integer> strides, Padding padding) {
        return new Window(size.get(0), size.get(1), strides.get(0), strides.get(1), padding);
    }

    static Activation activation(Fields fields, Place place) {
        Activation activation = fields.word("activation", Activation.class, Activation.LINEAR);
        if (activation == Activation.SOFTMAX && !place.last()) {
            fields.reject("activation softmax is for the last layer alone");
        }
        return activation;
    }
}
