package dev.millrace.model.spec;

import java.util.ArrayList;
import java.util.List;

/**
 * Which tensor lies where in the flat float32 vector of all parameters: first those that every step changes as a whole, then
 * the tables of which a step changes some rows.
 *
 * @param dense the former
 * @param tables the latter, each [rows, width]
 */
public record ParameterLayout(List<ParameterBlock> dense, List<ParameterBlock> tables) {
    public ParameterLayout {
        dense = List.copyOf(dense);
        tables = List.copyOf(tables);
    }

    /** All tensors in the order of the vector. */
    public List<ParameterBlock> blocks() {
        List<ParameterBlock> blocks = new ArrayList<>(dense);
        blocks.addAll(tables);
        return blocks;
    }

    /** Number of parameters before the first table. */
    public int denseSize() {
        return end(dense, 0);
    }

    /** Number of parameters. */
    public int size() {
        return end(tables, denseSize());
    }

    private static int end(List<ParameterBlock> blocks, int start) {
        if (blocks.isEmpty()) return start;
        ParameterBlock last = blocks.get(blocks.size() - 1);
        return Math.addExact(last.offset(), last.size());
    }
}
