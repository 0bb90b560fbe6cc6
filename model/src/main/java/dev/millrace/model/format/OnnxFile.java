package dev.millrace.model.format;

import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.spec.ParameterBlock;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import onnx.Onnx.ModelProto;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/** An ONNX file: the layers behind its nodes, and those that only the names of their tensors show, as this project exports them. */
final class OnnxFile {
    private final OnnxTensors tensors;
    private final List<FileLayer> nodes;

    /** @throws SnapshotException if it is none, or computes with parameters in a way that no layer here does */
    OnnxFile(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            ModelProto model = ModelProto.parseFrom(in);
            if (!model.hasGraph()) throw new SnapshotException("an ONNX file has a graph. Received: none");
            this.tensors = new OnnxTensors(model.getGraph());
            this.nodes = new OnnxNodes(model.getGraph(), tensors).layers();
        } catch (InvalidProtocolBufferException
                | IndexOutOfBoundsException e) { // the latter: a node without its inputs
            throw new SnapshotException("it cannot be read as ONNX: " + e.getMessage(), e);
        }
    }

    /** Its layers, as those of a model would be found. */
    List<FileLayer> layers(ModelLayers model) {
        List<FileLayer> layers = new ArrayList<>(nodes);
        for (ModelLayers.Entry entry : model.entries()) {
            if (!OnnxLayout.isComposed(entry.placed())) continue;
            List<FileTensor> own = new ArrayList<>();
            List<ParameterBlock> blocks = new ArrayList<>(entry.placed().parameters());
            blocks.addAll(entry.placed().tables());
            for (ParameterBlock block : blocks) if (tensors.has(block.name())) own.add(tensors.get(block.name()));
            if (own.isEmpty()) continue;
            layers.removeIf(layer -> layer.name().equals(entry.name()));
            layers.add(new FileLayer(entry.name(), OnnxLayout.composed(entry.placed()), own));
        }
        return layers;
    }
}
