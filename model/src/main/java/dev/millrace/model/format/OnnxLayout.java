package dev.millrace.model.format;

import dev.millrace.model.spec.Conv2dSpec;
import dev.millrace.model.spec.DepthwiseConv2dSpec;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.LstmSpec;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.PlacedLayer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * ONNX' operators: kernels of convolutions have their filters first, an LSTM's gates are i o f g and have two biases; all else
 * lies as here. Layers that ONNX has no operator for are those of this project's own exports.
 */
final class OnnxLayout implements FileLayout {
    @Override
    public String format() {
        return "ONNX";
    }

    @Override
    public String kind(PlacedLayer placed) {
        return isComposed(placed) ? composed(placed) : ModelLayers.kind(placed.layer());
    }

    /** Whether it takes several nodes, which only the names of its tensors hold together. */
    static boolean isComposed(PlacedLayer placed) {
        LayerSpec layer = placed.layer();
        if (layer instanceof LstmSpec lstm) return lstm.maskZero();
        return switch (ModelLayers.kind(layer)) {
            case "dense", "conv2d", "depthwise_conv2d", "layer_normalization", "embedding" -> false;
            default -> true;
        };
    }

    /** The kind of a layer that was found by its tensors' names. */
    static String composed(PlacedLayer placed) {
        return ModelLayers.kind(placed.layer()) + " of an export";
    }

    @Override
    public List<Wanted> tensors(PlacedLayer placed) {
        List<Wanted> wanted = new ArrayList<>();
        for (ParameterBlock block : placed.parameters()) wanted.add(wanted(placed, block));
        for (ParameterBlock block : placed.tables()) wanted.add(wanted(placed, block));
        return wanted;
    }

    private static Wanted wanted(PlacedLayer placed, ParameterBlock block) {
        String what = block.name().substring(block.name().lastIndexOf('/') + 1);
        List<Integer> shape = block.shape();
        LayerSpec layer = placed.layer();
        if (layer instanceof Conv2dSpec && shape.size() == 4) {
            List<Integer> theirs = ConvolutionKernels.filtersFirst(shape);
            return Wanted.of(what, theirs, block.offset(), v -> ConvolutionKernels.filtersLast(v, theirs));
        }
        if (layer instanceof DepthwiseConv2dSpec && shape.size() == 4) {
            List<Integer> grouped = List.of(shape.get(2), shape.get(3), shape.get(0), shape.get(1));
            List<Integer> theirs = ConvolutionKernels.channelsFirst(shape);
            return Wanted.of(what, theirs, block.offset(), v -> ConvolutionKernels.channelsLast(v, grouped));
        }
        if (layer instanceof LstmSpec lstm && !lstm.maskZero()) return gates(what, block, shape);
        return Wanted.same(what, shape, block.offset());
    }

    /** [1, gates, n], or [1, 2 gates] for the biases of both products. */
    private static Wanted gates(String what, ParameterBlock block, List<Integer> shape) {
        if (shape.size() == 2) {
            List<Integer> theirs = List.of(1, shape.get(0), shape.get(1));
            return Wanted.of(what, theirs, block.offset(), LstmGates::fromOnnx);
        }
        int gates = shape.get(0);
        return new Wanted(what, List.of(1, 2 * gates), block.offset(), gates, OnnxLayout::bias);
    }

    private static float[] bias(float[] both) {
        int gates = both.length / 2;
        float[] sum = Arrays.copyOf(both, gates);
        for (int i = 0; i < gates; i++) sum[i] += both[gates + i];
        return LstmGates.fromOnnx(sum);
    }
}
