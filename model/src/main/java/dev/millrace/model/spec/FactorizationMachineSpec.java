package dev.millrace.model.spec;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A factorization machine over ids: every id has a weight, every pair of ids the inner product of their factors,
 *
 * <pre>
 * y = activation(b + sum_i w_i + sum_{i&lt;j} v_i . v_j),   sum_{i&lt;j} v_i . v_j = 1/2 sum_f ((sum_i v_if)^2 - sum_i v_if^2)
 * </pre>
 *
 * [ids] becomes [1]; an id that comes twice is two. Parameters: bias b, [1], at zero, and the table kernel, [inputDim, 1 +
 * factors], each row w (at zero) and v (uniform in +-0.05). A step carries and changes only the rows of ids that it met. Source:
 * Rendle 2010, "Factorization Machines".
 */
public record FactorizationMachineSpec(String name, EmbeddingTable table, int factors, Activation activation)
        implements LayerSpec {
    @Override
    public Shape output(Shape input) {
        table.check(name, input);
        return Shape.flat(1);
    }

    @Override
    public int[] ids(Shape input) {
        return table.ids(input);
    }

    /** Values of a row of the table. */
    public int width() {
        return 1 + factors;
    }

    @Override
    public List<ParameterBlock> parameters(Shape input, int offset) {
        return List.of(new ParameterBlock(name + "/bias", List.of(1), offset));
    }

    @Override
    public void initialize(float[] values, int offset, Shape input, SplittableRandom random) {
        values[offset] = 0;
    }

    @Override
    public List<ParameterBlock> tables(Shape input, int offset) {
        return table.block(name + "/kernel", width(), offset);
    }

    @Override
    public void initializeTables(float[] values, int offset, Shape input, SplittableRandom random) {
        EmbeddingTable.uniform(values, offset, table.inputDim() * width(), random);
        for (int row = 0; row < table.inputDim(); row++) values[offset + row * width()] = 0;
    }

    @Override
    public long kept(Shape input) {
        return 2L + factors;
    }

    @Override
    public String traits() {
        return activation.word() + ", " + factors + " factors, " + table.inputDim() + " rows";
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> machine = table.toTree(name);
        machine.put("factors", factors);
        machine.put("activation", activation.word());
        return Map.of("factorization_machine", machine);
    }
}
