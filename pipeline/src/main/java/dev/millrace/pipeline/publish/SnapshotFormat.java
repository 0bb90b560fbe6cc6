package dev.millrace.pipeline.publish;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;

/** Writes the files of one snapshot. */
@FunctionalInterface
interface SnapshotFormat extends Serializable {

    /**
     * Checks the parts against the manifest and writes {@code model.safetensors} and {@code manifest.json}.
     *
     * @param directory empty
     * @param parts little-endian float32 parameters, in order
     */
    void write(Path directory, String manifest, List<byte[]> parts) throws IOException;
}
