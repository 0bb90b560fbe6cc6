package dev.millrace.model.spec;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Turns each id into its row of a table: [ids] becomes the sequence [ids, outputDim].
 *
 * <p>Parameters: the table embeddings, [inputDim, outputDim], uniform in +-0.05. A step carries and changes only the rows of
 * ids that it met.
 */
public record EmbeddingSpec(String name, EmbeddingTable table, int outputDim) implements LayerSpec {
    @Override
    public Shape output(Shape input) {
        table.check(name, input);
        return Shape.sequence(input.size(), outputDim);
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
        return table.inputDim() + " rows";
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> embedding = table.toTree(name);
        embedding.put("output_dim", outputDim);
        return Map.of("embedding", embedding);
    }
}
