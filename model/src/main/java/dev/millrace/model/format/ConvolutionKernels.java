package dev.millrace.model.format;

import java.util.List;

/** Kernels of convolutions from this project's layout, which is Keras', to that of ONNX, and back. */
final class ConvolutionKernels {
    private ConvolutionKernels() {}

    /** [height, width, channels, filters] to [filters, channels, height, width]. */
    static List<Integer> filtersFirst(List<Integer> shape) {
        return List.of(shape.get(3), shape.get(2), shape.get(0), shape.get(1));
    }

    /** @param shape [height, width, channels, filters] */
    static float[] filtersFirst(float[] values, List<Integer> shape) {
        return Axes.moved(values, shape, 3, 2, 0, 1);
    }

    /** @param shape [filters, channels, height, width] */
    static float[] filtersLast(float[] values, List<Integer> shape) {
        return Axes.moved(values, shape, 2, 3, 1, 0);
    }

    /** [height, width, channels, multiplier] to [channels * multiplier, 1, height, width]. */
    static List<Integer> channelsFirst(List<Integer> shape) {
        return List.of(shape.get(2) * shape.get(3), 1, shape.get(0), shape.get(1));
    }

    /** @param shape [height, width, channels, multiplier] */
    static float[] channelsFirst(float[] values, List<Integer> shape) {
        return Axes.moved(values, shape, 2, 3, 0, 1);
    }

    /** @param shape [channels, multiplier, height, width] */
    static float[] channelsLast(float[] values, List<Integer> shape) {
        return Axes.moved(values, shape, 2, 3, 0, 1);
    }
}
