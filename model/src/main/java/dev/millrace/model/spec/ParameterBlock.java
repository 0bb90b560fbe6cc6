package dev.millrace.model.spec;

import java.util.List;

/**
 * One named tensor in the flat parameter vector, row-major.
 *
 * @param name {@code layer/tensor}
 * @param shape outermost first
 * @param offset where it begins, in values
 */
public record ParameterBlock(String name, List<Integer> shape, int offset) {
    public ParameterBlock {
        shape = List.copyOf(shape);
    }

    /** Number of values. */
    public int size() {
        int size = 1;
        for (int extent : shape) size = Math.multiplyExact(size, extent);
        return size;
    }
}
