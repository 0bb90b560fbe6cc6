package dev.millrace.model.format;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A tensor that a file must have for a layer.
 *
 * @param what it is
 * @param shape in the file's layout
 * @param offset where its values go in the flat vector
 * @param size how many of them go there
 * @param toOurs from the file's layout to that of the flat vector
 */
record Wanted(String what, List<Integer> shape, int offset, int size, UnaryOperator<float[]> toOurs) {
    Wanted {
        shape = List.copyOf(shape);
    }

    /** One that lies in the file as it lies here. */
    static Wanted same(String what, List<Integer> shape, int offset) {
        return of(what, shape, offset, values -> values);
    }

    static Wanted of(String what, List<Integer> shape, int offset, UnaryOperator<float[]> toOurs) {
        return new Wanted(what, shape, offset, shape.stream().reduce(1, Math::multiplyExact), toOurs);
    }

    /** A matrix that lies in the file as the transpose of the one here. */
    static Wanted transposed(String what, int rows, int columns, int offset) {
        List<Integer> shape = List.of(rows, columns);
        return of(what, shape, offset, values -> Axes.moved(values, shape, 1, 0));
    }
}
