package dev.millrace.model.format;

import java.util.Arrays;
import java.util.List;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.AttributeProto.AttributeType;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;

/** A node on its way into a graph; {@link #output} or {@link #outputs} puts it there. */
final class OnnxNode {
    private final OnnxGraph graph;
    private final NodeProto.Builder node;

    OnnxNode(OnnxGraph graph, String operator, List<String> inputs) {
        this.graph = graph;
        this.node = NodeProto.newBuilder().setOpType(operator).addAllInput(inputs);
    }

    OnnxNode integer(String name, long value) {
        return with(attribute(name, AttributeType.INT).setI(value));
    }

    OnnxNode number(String name, double value) {
        return with(attribute(name, AttributeType.FLOAT).setF((float) value));
    }

    OnnxNode integers(String name, long... values) {
        return with(attribute(name, AttributeType.INTS)
                .addAllInts(Arrays.stream(values).boxed().toList()));
    }

    OnnxNode body(GraphProto body) {
        return with(attribute("body", AttributeType.GRAPH).setG(body));
    }

    private static AttributeProto.Builder attribute(String name, AttributeType type) {
        return AttributeProto.newBuilder().setName(name).setType(type);
    }

    private OnnxNode with(AttributeProto.Builder attribute) {
        node.addAttribute(attribute);
        return this;
    }

    /** The name of its only output. */
    String output() {
        return outputs(1).get(0);
    }

    /** The names of its outputs. */
    List<String> outputs(int count) {
        return graph.put(node, count);
    }
}
