package dev.millrace.model.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A linear layer over ids, {@code activation(sum_i W[id_i] + b)}: what {@link DenseSpec} does to the one-hot vectors of the ids,
 * without ever making them. [ids] becomes [units].
 *
 * <p>Parameters: bias b, [units], and the table kernel W, [inputDim, units]; all begin at zero. A step carries and changes only
 * the rows of ids that it met.
 */
public record SparseLinearSpec(String name, EmbeddingTable table, int units, Activation activation)
        implements LayerSpec {
    @Override
    public Shape output(Shape input) {
        table.check(name, input);
        return Shape.flat(units);
    }

    @Override
    public int[] ids(Shape input) {
        return table.ids(input);
    }

    @Override
    public List<ParameterBlock> parameters(Shape input, int offset) {
        return List.of(new ParameterBlock(name + "/bias", List.of(units), offset));
    }

    @Override
    public void initialize(float[] values, int offset, Shape input, SplittableRandom random) {
        Arrays.fill(values, offset, offset + units, 0);
    }

    @Override
    public List<ParameterBlock> tables(Shape input, int offset) {
        return table.block(name + "/kernel", units, offset);
    }

    @Override
    public void initializeTables(float[] values, int offset, Shape input, SplittableRandom random) {
        Arrays.fill(values, offset, offset + table.inputDim() * units, 0);
    }

    @Override
    public String traits() {
        return activation.word() + ", " + table.inputDim() + " rows";
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> linear = table.toTree(name);
        linear.put("units", units);
        linear.put("activation", activation.word());
        return Map.of("sparse_linear", linear);
    }
}
