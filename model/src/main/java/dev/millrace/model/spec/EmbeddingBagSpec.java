package dev.millrace.model.spec;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Turns ids into one vector, the sum or the mean of their rows of a table: [ids] becomes [outputDim]. An id that comes twice
 * counts twice; without any the vector is zero.
 *
 * <p>Parameters: the table embeddings, [inputDim, outputDim], uniform in +-0.05. A step carries and changes only the rows of
 * ids that it met.
 */
public record EmbeddingBagSpec(String name, EmbeddingTable table, int outputDim, Mode mode) implements LayerSpec {
    /** How rows become one. */
    public enum Mode {
        SUM,
        MEAN;

        /** The word in a specification. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public Shape output(Shape input) {
        table.check(name, input);
        return Shape.flat(outputDim);
    }

    @Override
    public int[] ids(Shape input) {
        return table.ids(input);
    }

    @Override
    public List<ParameterBlock> tables(Shape input, int offset) {
        return table.block(name + "/embeddings", outputDim, offset);
    }

    @Override
    public void initializeTables(float[] values, int offset, Shape input, SplittableRandom random) {
        EmbeddingTable.uniform(values, offset, table.inputDim() * outputDim, random);
    }

    @Override
    public String traits() {
        return mode.word() + ", " + table.inputDim() + " rows";
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> bag = table.toTree(name);
        bag.put("output_dim", outputDim);
        bag.put("mode", mode.word());
        return Map.of("embedding_bag", bag);
    }
}
