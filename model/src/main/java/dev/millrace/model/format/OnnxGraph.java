package dev.millrace.model.format;

import dev.millrace.model.spec.ParameterBlock;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.protobuf.ByteString;

/** An ONNX graph that is being built: nodes in order, parameters and constants. Nodes are named after their layers. */
final class OnnxGraph {
    static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
    static final int INT64 = TensorProto.DataType.INT64_VALUE;

    private final GraphProto.Builder graph;
    private final float[] parameters;
    private final Set<String> constants = new HashSet<>();
    private String layer;
    private int nodes;

    /** @param parameters of the whole model */
    OnnxGraph(String name, float[] parameters) {
        this.graph = GraphProto.newBuilder().setName(name);
        this.parameters = parameters;
        this.layer = name;
    }

    /** A graph inside a node of this one; it sees what this one has, and its names are others. */
    OnnxGraph inner() {
        return new OnnxGraph(layer + "/body", parameters);
    }

    /** What follows belongs to this layer. */
    void enter(String name) {
        layer = name;
        nodes = 0;
    }

    OnnxNode node(String operator, String... inputs) {
        return new OnnxNode(this, operator, Arrays.asList(inputs));
    }

    List<String> put(NodeProto.Builder node, int count) {
        String name = layer + "/" + node.getOpType() + "_" + ++nodes;
        List<String> outputs = new ArrayList<>();
        for (int i = 0; i < count; i++) outputs.add(count == 1 ? name : name + "_" + i);
        graph.addNode(node.setName(name).addAllOutput(outputs));
        return outputs;
    }

    /** The values of a block of the flat vector. */
    float[] values(ParameterBlock block) {
        return Arrays.copyOfRange(parameters, block.offset(), block.offset() + block.size());
    }

    /** A block of the flat vector as it is, under its own name. */
    String parameter(ParameterBlock block) {
        return parameter(block, block.shape(), values(block));
    }

    /** A block of the flat vector in the layout that ONNX wants, under its own name. */
    String parameter(ParameterBlock block, List<Integer> shape, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName(block.name())
                .setDataType(FLOAT)
                .setRawData(ByteString.copyFrom(bytes));
        for (int extent : shape) tensor.addDims(extent);
        graph.addInitializer(tensor);
        return block.name();
    }

    /** A constant float32 without extents. */
    String number(double value) {
        String name = "number/" + (float) value;
        if (constants.add(name)) {
            graph.addInitializer(
                    TensorProto.newBuilder().setName(name).setDataType(FLOAT).addFloatData((float) value));
        }
        return name;
    }

    /** A constant list of integers: axes, shapes, positions. */
    String integers(long... values) {
        String name = "integers/" + Arrays.toString(values).replaceAll("[\\[\\] ]", "");
        if (constants.add(name)) {
            TensorProto.Builder tensor =
                    TensorProto.newBuilder().setName(name).setDataType(INT64).addDims(values.length);
            for (long value : values) tensor.addInt64Data(value);
            graph.addInitializer(tensor);
        }
        return name;
    }

    /** Another name for an edge, as that of an output must be. */
    void rename(String from, String to) {
        graph.addNode(NodeProto.newBuilder()
                .setName(to)
                .setOpType("Identity")
                .addInput(from)
                .addOutput(to));
    }

    /** @param extents null for the batch, whose size is open */
    void input(String name, int type, @Nullable Integer... extents) {
        graph.addInput(info(name, type, extents));
    }

    /** @param extents null for the batch, whose size is open */
    void output(String name, int type, @Nullable Integer... extents) {
        graph.addOutput(info(name, type, extents));
    }

    private static ValueInfoProto info(String name, int type, @Nullable Integer... extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Integer extent : extents) {
            TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
            if (extent == null) dimension.setDimParam("batch");
            else dimension.setDimValue(extent);
            shape.addDim(dimension);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
                .build();
    }

    GraphProto build() {
        return graph.build();
    }
}
