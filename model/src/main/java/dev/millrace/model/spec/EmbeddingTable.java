package dev.millrace.model.spec;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The table of a layer that takes ids.
 *
 * @param inputDim rows: ids are integers in {@code 0..inputDim-1}, at most 2^24 of them, since they come as float32
 * @param maskZero whether id 0 is padding: it gives nothing and learns nothing
 */
public record EmbeddingTable(int inputDim, boolean maskZero) {
    /** The integers below are exact in float32. */
    public static final int MOST_ROWS = 1 << 24;

    public EmbeddingTable {
        if (inputDim < 1 || inputDim > MOST_ROWS) {
            throw new IllegalArgumentException("input_dim must be in 1.." + MOST_ROWS + ". Received: " + inputDim);
        }
    }

    /** Its block in the flat vector. */
    List<ParameterBlock> block(String name, int width, int offset) {
        return List.of(new ParameterBlock(name, List.of(inputDim, width), offset));
    }

    /** Ids come side by side, as a flat sample. */
    void check(String layer, Shape input) {
        if (!input.isFlat()) {
            throw new IllegalArgumentException(layer + " takes ids, a flat input, [ids]. Received: " + input);
        }
    }

    /** Every input is an id. */
    int[] ids(Shape input) {
        int[] ids = new int[input.size()];
        Arrays.fill(ids, inputDim);
        return ids;
    }

    /** Uniform in +-0.05, as Keras begins embeddings. */
    static void uniform(float[] values, int offset, int length, SplittableRandom random) {
        for (int i = offset; i < offset + length; i++) values[i] = (float) ((2 * random.nextDouble() - 1) * 0.05);
    }

    /** The settings in a specification. */
    Map<String, Object> toTree(String name) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", name);
        tree.put("input_dim", inputDim);
        tree.put("mask_zero", maskZero);
        return tree;
    }
}
