package dev.millrace.model.format;

import dev.millrace.model.snapshot.SnapshotException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import org.jspecify.annotations.Nullable;

/** The layers that stand behind the nodes of an ONNX graph, in the order of the graph. */
final class OnnxNodes {
    /** What leaves the order of a flattened image as it is. */
    private static final Set<String> ORDER_KEEPING = Set.of(
            "Flatten", "Reshape", "Relu", "Tanh", "Sigmoid", "Dropout", "Identity", "Squeeze", "LayerNormalization");

    /** Layers with channels first in ONNX. */
    private static final Set<String> OF_IMAGES = Set.of("Conv", "MaxPool", "AveragePool", "BatchNormalization");

    /** Layers with parameters that this project has not. */
    private static final Set<String> UNKNOWN =
            Set.of("BatchNormalization", "ConvTranspose", "GRU", "InstanceNormalization", "PRelu", "RNN");

    private final List<NodeProto> nodes;
    private final OnnxTensors tensors;
    private final Map<String, NodeProto> producers = new HashMap<>();
    private final Map<String, List<NodeProto>> consumers = new HashMap<>();

    OnnxNodes(GraphProto graph, OnnxTensors tensors) {
        this.nodes = graph.getNodeList();
        this.tensors = tensors;
        for (NodeProto node : nodes) {
            for (String output : node.getOutputList()) producers.put(output, node);
            for (String input : node.getInputList()) {
                consumers.computeIfAbsent(input, name -> new ArrayList<>()).add(node);
            }
        }
    }

    /** @throws SnapshotException naming a node that computes something else than a layer of this project */
    List<FileLayer> layers() {
        List<FileLayer> layers = new ArrayList<>();
        for (NodeProto node : nodes) {
            FileLayer layer = layer(node);
            if (layer != null) layers.add(layer);
        }
        return layers;
    }

    private @Nullable FileLayer layer(NodeProto node) {
        String operator = node.getOpType();
        if (UNKNOWN.contains(operator)) return found(node, KerasConfig.snakeCase(operator), constants(node));
        if (node.getInputCount() < 2) return null;
        return switch (operator) {
            case "Gemm" -> gemm(node);
            case "MatMul" -> product(node);
            case "Conv" -> convolution(node);
            case "LSTM" -> lstm(node);
            case "LayerNormalization" -> found(node, "layer_normalization", constants(node));
            case "Gather" -> tensors.has(node.getInput(0), 2) ? found(node, "embedding", constants(node)) : null;
            default -> null;
        };
    }

    private @Nullable FileLayer gemm(NodeProto node) {
        if (!tensors.has(node.getInput(1), 2)) return null;
        only(node, "transA", integer(node, "transA", 0), 0);
        only(node, "alpha", number(node, "alpha", 1), 1);
        only(node, "beta", number(node, "beta", 1), 1);
        FileTensor kernel = tensors.get(node.getInput(1));
        List<FileTensor> found = new ArrayList<>();
        found.add(integer(node, "transB", 0) == 1 ? kernel : transposed(kernel));
        if (node.getInputCount() > 2 && tensors.has(node.getInput(2))) found.add(tensors.get(node.getInput(2)));
        return found(node, "dense", found);
    }

    /** A dense layer over a matrix, or over steps, and the bias behind it. */
    private @Nullable FileLayer product(NodeProto node) {
        if (!tensors.has(node.getInput(1), 2)) return null;
        List<FileTensor> found = new ArrayList<>();
        found.add(transposed(tensors.get(node.getInput(1))));
        for (NodeProto next : consumers.getOrDefault(node.getOutput(0), List.of())) {
            if (!next.getOpType().equals("Add")) continue;
            for (String input : next.getInputList()) if (tensors.has(input, 1)) found.add(tensors.get(input));
        }
        return found(node, "dense", found);
    }

    private static FileTensor transposed(FileTensor tensor) {
        return new FileTensor(
                tensor.name(),
                Axes.moved(tensor.shape(), 1, 0),
                () -> Axes.moved(tensor.values().get(), tensor.shape(), 1, 0));
    }

    private @Nullable FileLayer convolution(NodeProto node) {
        if (!tensors.has(node.getInput(1))) return null;
        List<FileTensor> found = constants(node);
        boolean depthwise = integer(node, "group", 1) > 1;
        return found(node, depthwise ? "depthwise_conv2d" : "conv2d", found);
    }

    private @Nullable FileLayer lstm(NodeProto node) {
        if (!tensors.has(node.getInput(1))) return null;
        for (AttributeProto attribute : node.getAttributeList()) {
            switch (attribute.getName()) {
                case "direction" -> {
                    String direction = attribute.getS().toStringUtf8();
                    if (!direction.equals("forward")) {
                        throw new SnapshotException(
                                "node " + node.getName() + " must go forward. Received: direction " + direction);
                    }
                }
                case "activations", "clip" ->
                    throw new SnapshotException("node " + node.getName()
                            + " must be an LSTM of sigmoid and tanh without limits. Received: " + attribute.getName());
                case "input_forget" -> only(node, "input_forget", attribute.getI(), 0);
                default -> {}
            }
        }
        return found(node, "lstm", constants(node));
    }

    /** Its constant inputs behind the first, or with it where that is a table. */
    private List<FileTensor> constants(NodeProto node) {
        List<FileTensor> found = new ArrayList<>();
        int first = node.getOpType().equals("Gather") ? 0 : 1;
        int end = switch (node.getOpType()) {
            case "Gather" -> 1;
            case "LSTM" -> 4; // behind them lengths, states and peepholes
            default -> node.getInputCount();
        };
        for (int i = first; i < Math.min(end, node.getInputCount()); i++) {
            if (tensors.has(node.getInput(i))) found.add(tensors.get(node.getInput(i)));
        }
        return found;
    }

    private FileLayer found(NodeProto node, String kind, List<FileTensor> found) {
        return new FileLayer(name(node, found), kind, found, order(node));
    }

    /** What stands before the last dot or slash of the first tensor's name, such as {@code fc1.weight}; else the node's name. */
    private static String name(NodeProto node, List<FileTensor> found) {
        String first = found.isEmpty() ? "" : found.get(0).name();
        int end = Math.max(first.lastIndexOf('/'), first.lastIndexOf('.'));
        return end > 0 ? first.substring(0, end) : node.getName();
    }

    private FileLayer.Order order(NodeProto node) {
        NodeProto before = producers.get(node.getInput(0));
        for (int i = 0; before != null && ORDER_KEEPING.contains(before.getOpType()); i++) {
            if (i == nodes.size()) throw new SnapshotException("node " + node.getName() + " must not follow itself");
            before = producers.get(before.getInput(0));
        }
        if (before == null) return FileLayer.Order.ANY;
        if (OF_IMAGES.contains(before.getOpType()) && !node.getOpType().equals("Conv")) {
            return FileLayer.Order.CHANNELS_FIRST;
        }
        return before.getOpType().equals("Transpose") ? FileLayer.Order.CHANNELS_LAST : FileLayer.Order.ANY;
    }

    private static void only(NodeProto node, String attribute, double value, double only) {
        if (value == only) return;
        throw new SnapshotException(
                "node " + node.getName() + " must have " + attribute + " " + only + ". Received: " + value);
    }

    private static long integer(NodeProto node, String name, long fallback) {
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.getName().equals(name)) return attribute.getI();
        }
        return fallback;
    }

    private static double number(NodeProto node, String name, double fallback) {
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.getName().equals(name)) return attribute.getF();
        }
        return fallback;
    }
}
