package dev.millrace.model.format;

import dev.millrace.model.snapshot.SnapshotException;
import java.util.List;
import java.util.function.Supplier;

/**
 * A tensor of a file, read when it is wanted, since a file can announce gigabytes.
 *
 * @param name as the file has it
 * @param shape outermost first; empty for a single value
 * @param values row-major
 */
record FileTensor(String name, List<Integer> shape, Supplier<float[]> values) {
    FileTensor {
        shape = List.copyOf(shape);
    }

    /** The shape of a tensor whose extents are 64 bits wide. @throws SnapshotException naming a tensor that is too large */
    static List<Integer> shape(String name, List<Long> extents) {
        long size = 1;
        for (long extent : extents) {
            if (extent < 0 || extent > Integer.MAX_VALUE) size = Long.MAX_VALUE;
            else size = size > Integer.MAX_VALUE ? size : size * extent;
        }
        if (size > Integer.MAX_VALUE) {
            throw new SnapshotException("tensor " + name + " must have at most " + Integer.MAX_VALUE
                    + " values. Received: shape " + extents);
        }
        return extents.stream().map(Long::intValue).toList();
    }

    /** {@code dense/kernel [784, 10]}. */
    @Override
    public String toString() {
        return name + " " + shape;
    }
}
