package dev.millrace.model.format;

import java.util.ArrayList;
import java.util.List;

/** Row-major values whose axes change places. */
final class Axes {
    private Axes() {}

    /** @return the shape whose axis i is axis {@code order[i]} of the one given */
    static List<Integer> moved(List<Integer> shape, int... order) {
        List<Integer> moved = new ArrayList<>();
        for (int axis : order) moved.add(shape.get(axis));
        return moved;
    }

    /** @return the values in an order where axis i is axis {@code order[i]} of the shape given */
    static float[] moved(float[] values, List<Integer> shape, int... order) {
        int axes = order.length;
        int[] strides = new int[axes]; // of the new axes in the old values
        for (int i = 0; i < axes; i++) {
            strides[i] = 1;
            for (int axis = order[i] + 1; axis < axes; axis++) strides[i] *= shape.get(axis);
        }
        List<Integer> extents = moved(shape, order);
        int[] at = new int[axes];
        float[] moved = new float[values.length];
        int from = 0;
        for (int to = 0; to < moved.length; to++) {
            moved[to] = values[from];
            for (int axis = axes - 1; axis >= 0; axis--) {
                from += strides[axis];
                if (++at[axis] < extents.get(axis)) break;
                from -= strides[axis] * at[axis];
                at[axis] = 0;
            }
        }
        return moved;
    }
}
