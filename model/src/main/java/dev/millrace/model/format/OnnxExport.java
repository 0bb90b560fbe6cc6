package dev.millrace.model.format;

import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.spec.ModelSpec;
import java.io.IOException;
import java.io.OutputStream;
import onnx.Onnx.ModelProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;

/**
 * A snapshot as an ONNX model that predicts as the engine does: {@link #INPUT}, [batch, inputs], becomes {@link #OUTPUT},
 * [batch, outputs], behind the last activation. Records become inputs before it, by the mapping among its metadata.
 */
public final class OnnxExport {
    /** The features of some samples, float32, [batch, inputs]; ids too. */
    public static final String INPUT = "features";

    /** float32, [batch, outputs]. */
    public static final String OUTPUT = "predictions";

    /** The first operator set with layer normalization. */
    private static final int OPERATOR_SET = 17;

    /** The format's version that came with it. */
    private static final int IR_VERSION = 8;

    /** Protocol buffers count bytes in an int; names and nodes need some. */
    private static final int MOST_PARAMETERS = (Integer.MAX_VALUE - (1 << 24)) / Float.BYTES;

    private OnnxExport() {}

    /** @throws SnapshotException if the model cannot be one file of ONNX */
    public static void write(Snapshot snapshot, OutputStream out) throws IOException {
        model(snapshot).writeTo(out);
    }

    static ModelProto model(Snapshot snapshot) {
        SnapshotManifest manifest = snapshot.manifest();
        ModelSpec spec = manifest.modelSpec();
        int parameters = snapshot.parameters().length;
        if (parameters > MOST_PARAMETERS) {
            throw new SnapshotException("an ONNX file holds at most " + MOST_PARAMETERS + " parameters. Received: "
                    + parameters + "; export safetensors");
        }
        OnnxGraph graph = new OnnxGraph(spec.name(), snapshot.parameters());
        graph.input(INPUT, OnnxGraph.FLOAT, null, spec.inputs());
        graph.output(OUTPUT, OnnxGraph.FLOAT, null, spec.outputs());
        graph.rename(new OnnxLayers(graph).add(spec, INPUT), OUTPUT);
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                .setProducerName("millrace")
                .setModelVersion(manifest.version())
                .setGraph(graph.build());
        SnapshotMetadata.of(manifest)
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build();
    }
}
