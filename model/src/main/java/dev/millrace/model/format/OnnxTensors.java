package dev.millrace.model.format;

import dev.millrace.model.snapshot.SnapshotException;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.jspecify.annotations.Nullable;

/** The constants of an ONNX graph by name: initializers, constant nodes, and other names for them. */
final class OnnxTensors {
    private final Map<String, TensorProto> tensors = new HashMap<>();

    OnnxTensors(GraphProto graph) {
        for (TensorProto tensor : graph.getInitializerList()) tensors.put(tensor.getName(), tensor);
        for (NodeProto node : graph.getNodeList()) {
            TensorProto constant = constant(node);
            if (constant != null) tensors.put(node.getOutput(0), constant);
        }
    }

    private @Nullable TensorProto constant(NodeProto node) {
        if (node.getOutputCount() != 1) return null;
        if (node.getOpType().equals("Identity")) return tensors.get(node.getInput(0));
        if (!node.getOpType().equals("Constant")) return null;
        for (AttributeProto attribute : node.getAttributeList()) {
            if (attribute.getName().equals("value")) return attribute.getT();
        }
        return null;
    }

    /** Whether a name is that of float32 values with so many extents. */
    boolean has(String name, int extents) {
        TensorProto tensor = tensors.get(name);
        return tensor != null && tensor.getDataType() == OnnxGraph.FLOAT && tensor.getDimsCount() == extents;
    }

    /** Whether a name is that of any constant. */
    boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** @throws SnapshotException if there is no such constant, or none of float32 that lies in the file itself */
    FileTensor get(String name) {
        TensorProto tensor = tensors.get(name);
        if (tensor == null) throw new SnapshotException("the file lacks the initializer " + name);
        if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            throw new SnapshotException("initializer " + name + " must lie in the file. Received: external data");
        }
        if (tensor.getDataType() != OnnxGraph.FLOAT) {
            throw new SnapshotException("initializer " + name + " must be of data type " + OnnxGraph.FLOAT
                    + ", float32. Received: " + tensor.getDataType());
        }
        List<Integer> shape = FileTensor.shape(name, tensor.getDimsList());
        return new FileTensor(name, shape, () -> values(name, tensor, shape));
    }

    private static float[] values(String name, TensorProto tensor, List<Integer> shape) {
        int size = shape.stream().reduce(1, Math::multiplyExact);
        int present = tensor.getRawData().isEmpty()
                ? tensor.getFloatDataCount()
                : tensor.getRawData().size() / Float.BYTES;
        if (present != size) { // before room is made for them
            throw new SnapshotException(
                    "initializer " + name + " " + shape + " must have " + size + " values. Received: " + present);
        }
        float[] values = new float[size];
        if (tensor.getRawData().isEmpty()) {
            for (int i = 0; i < size; i++) values[i] = tensor.getFloatData(i);
        } else {
            tensor.getRawData()
                    .asReadOnlyByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
        }
        return values;
    }
}
