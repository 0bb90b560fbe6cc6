package dev.millrace.model.format;

import dev.millrace.model.spec.Conv2dSpec;
import dev.millrace.model.spec.DepthwiseConv2dSpec;
import dev.millrace.model.spec.GlobalPooling2dSpec;
import dev.millrace.model.spec.Padding;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.spec.Pooling;
import dev.millrace.model.spec.Pooling2dSpec;
import dev.millrace.model.spec.Shape;
import dev.millrace.model.spec.Window;
import java.util.List;

/** Layers over images; ONNX has their channels first. */
final class OnnxImages {
    private final OnnxGraph graph;

    OnnxImages(OnnxGraph graph) {
        this.graph = graph;
    }

    OnnxValue convolution(Conv2dSpec conv, PlacedLayer placed, OnnxValue x) {
        ParameterBlock kernel = placed.parameters().get(0);
        List<Integer> to = ConvolutionKernels.filtersFirst(kernel.shape());
        String weights =
                graph.parameter(kernel, to, ConvolutionKernels.filtersFirst(graph.values(kernel), kernel.shape()));
        String bias = graph.parameter(placed.parameters().get(1));
        OnnxNode node = graph.node("Conv", channelsFirst(x).name(), weights, bias);
        return new OnnxValue(window(node, conv.window(), placed, "kernel_shape").output(), placed.output(), true);
    }

    OnnxValue depthwise(DepthwiseConv2dSpec conv, PlacedLayer placed, OnnxValue x) {
        ParameterBlock kernel = placed.parameters().get(0);
        List<Integer> to = ConvolutionKernels.channelsFirst(kernel.shape());
        String weights =
                graph.parameter(kernel, to, ConvolutionKernels.channelsFirst(graph.values(kernel), kernel.shape()));
        String bias = graph.parameter(placed.parameters().get(1));
        OnnxNode node = graph.node("Conv", channelsFirst(x).name(), weights, bias)
                .integer("group", placed.input().channels());
        return new OnnxValue(window(node, conv.window(), placed, "kernel_shape").output(), placed.output(), true);
    }

    OnnxValue pool(Pooling2dSpec pool, PlacedLayer placed, OnnxValue x) {
        OnnxNode node = graph.node(
                pool.pooling() == Pooling.MAX ? "MaxPool" : "AveragePool",
                channelsFirst(x).name());
        return new OnnxValue(window(node, pool.window(), placed, "kernel_shape").output(), placed.output(), true);
    }

    OnnxValue pool(GlobalPooling2dSpec pool, PlacedLayer placed, OnnxValue x) {
        OnnxValue image = x.channelsFirst() ? x : image(x);
        String pooled = graph.node(pool.pooling() == Pooling.MAX ? "ReduceMax" : "ReduceMean", image.name())
                .integers("axes", image.channelsFirst() ? new long[] {2, 3} : new long[] {1, 2})
                .integer("keepdims", 0)
                .output();
        return OnnxValue.of(pooled, placed.output());
    }

    private static OnnxNode window(OnnxNode node, Window window, PlacedLayer placed, String called) {
        Shape in = placed.input();
        Shape out = placed.output();
        int above = window.above(in);
        int left = window.leftOf(in);
        int below = after(window.padding(), in.height(), out.height(), window.height(), window.rowStride(), above);
        int right = after(window.padding(), in.width(), out.width(), window.width(), window.columnStride(), left);
        return node.integers(called, window.height(), window.width())
                .integers("strides", window.rowStride(), window.columnStride())
                .integers("pads", above, left, below, right);
    }

    /** Zeros behind the last value of one extent. */
    private static int after(Padding padding, int extent, int positions, int window, int stride, int before) {
        if (padding == Padding.VALID) return 0;
        return Math.max((positions - 1) * stride + window - extent - before, 0);
    }

    /** [batch, channels, height, width]. */
    private OnnxValue channelsFirst(OnnxValue x) {
        if (x.channelsFirst()) return x;
        String moved = graph.node("Transpose", image(x).name())
                .integers("perm", 0, 3, 1, 2)
                .output();
        return new OnnxValue(moved, x.shape(), true);
    }

    /** A sequence is an image one pixel wide. */
    private OnnxValue image(OnnxValue x) {
        Shape shape = x.shape();
        if (shape.extents().size() == 3) return x;
        Shape image = Shape.image(shape.height(), 1, shape.channels());
        return OnnxValue.of(reshaped(x.name(), image), image);
    }

    /** In the order of this project's layers. */
    OnnxValue channelsLast(OnnxValue x) {
        if (!x.channelsFirst()) return x;
        return OnnxValue.of(
                graph.node("Transpose", x.name()).integers("perm", 0, 2, 3, 1).output(), x.shape());
    }

    /** [batch, features]. */
    OnnxValue flat(OnnxValue x) {
        if (x.shape().isFlat()) return x;
        Shape flat = Shape.flat(x.shape().size());
        return OnnxValue.of(reshaped(channelsLast(x).name(), flat), flat);
    }

    /** [batch, steps, features]. */
    OnnxValue sequence(OnnxValue x) {
        if (x.shape().extents().size() == 2) return x;
        Shape sequence = Shape.sequence(x.shape().height(), x.shape().channels());
        return OnnxValue.of(reshaped(channelsLast(x).name(), sequence), sequence);
    }

    /** The samples of an edge in another shape. */
    String reshaped(String name, Shape shape) {
        long[] extents = new long[1 + shape.extents().size()];
        extents[0] = -1; // the batch
        for (int i = 1; i < extents.length; i++) extents[i] = shape.extents().get(i - 1);
        return graph.node("Reshape", name, graph.integers(extents)).output();
    }
}
