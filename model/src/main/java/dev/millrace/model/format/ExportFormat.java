package dev.millrace.model.format;

import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** In what a snapshot can leave. */
public enum ExportFormat {
    /** Tensors by name, for NumPy, PyTorch and others. */
    SAFETENSORS {
        @Override
        public void write(Snapshot snapshot, OutputStream out) throws IOException {
            SnapshotManifest manifest = snapshot.manifest();
            Safetensors.write(manifest.modelSpec().layout(), snapshot.parameters(), SnapshotMetadata.of(manifest), out);
        }
    },
    /** The whole model, for ONNX Runtime and others; see {@link OnnxExport}. */
    ONNX {
        @Override
        public void write(Snapshot snapshot, OutputStream out) throws IOException {
            OnnxExport.write(snapshot, out);
        }
    },
    /** All but the parameters, for people and scripts; see {@link SnapshotDescription}. */
    JSON {
        @Override
        public void write(Snapshot snapshot, OutputStream out) throws IOException {
            out.write(SnapshotDescription.json(snapshot.manifest()).getBytes(StandardCharsets.UTF_8));
        }
    };

    /** @throws SnapshotException if the format cannot hold the model */
    public abstract void write(Snapshot snapshot, OutputStream out) throws IOException;

    /** The word on a command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
