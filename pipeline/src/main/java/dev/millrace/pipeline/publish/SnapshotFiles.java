package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotAssembler;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The files of one snapshot. */
final class SnapshotFiles {

    private SnapshotFiles() {}

    /**
     * Checks the parts against the manifest and writes {@code model.safetensors} and {@code manifest.json}.
     *
     * @param directory below the files' root
     * @param parts little-endian float32 parameters, in order
     * @throws dev.millrace.model.snapshot.SnapshotException if the parts are not what the manifest says
     */
    static void write(StoreFiles files, String directory, String manifest, List<byte[]> parts) throws IOException {
        SnapshotAssembler assembler = new SnapshotAssembler(SnapshotManifest.fromJson(manifest));
        for (int i = 0; i < parts.size(); i++) {
            assembler.add(i, parts.get(i));
        }
        Snapshot snapshot = assembler.finish();
        try (OutputStream out =
                new BufferedOutputStream(files.create(directory + "/" + SnapshotDirectory.PARAMETERS))) {
            Safetensors.write(
                    snapshot.manifest().modelSpec().layout(), snapshot.parameters(), about(snapshot.manifest()), out);
        }
        try (OutputStream out = files.create(directory + "/" + SnapshotDirectory.MANIFEST)) {
            out.write(manifest.getBytes(UTF_8));
        }
    }

    /** What the parameter file says of itself to tools that do not know the manifest. */
    private static Map<String, String> about(SnapshotManifest manifest) {
        Map<String, String> about = new TreeMap<>(manifest.provenance());
        about.put("model", manifest.model());
        about.put("version", Long.toString(manifest.version()));
        about.put("sha256", manifest.sha256());
        return about;
    }
}
