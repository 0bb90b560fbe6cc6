package dev.millrace.model.snapshot;

import dev.millrace.model.optimizer.FiniteCheck;
import java.io.IOException;
import java.io.InputStream;

/**
 * A published model: immutable, checked.
 *
 * @param manifest what it is
 * @param parameters in the layout of its model; not to be changed
 */
public record Snapshot(SnapshotManifest manifest, float[] parameters) {
    public Snapshot {
        int expected = manifest.modelSpec().layout().size();
        if (manifest.parameters() != expected || parameters.length != expected) {
            throw new SnapshotException("model " + manifest.model() + " must have " + expected
                    + " parameters. Received: " + parameters.length);
        }
        if (!new FiniteCheck().allFinite(parameters)) {
            throw new SnapshotException("model " + manifest.model() + " version " + manifest.version()
                    + " has parameters that are not finite");
        }
    }

    /**
     * Reads the parameters of a safetensors file, checked against the manifest. Room is made for all that are announced: the
     * caller has seen that there are as many, or has a limit.
     *
     * @param where it comes from, for messages
     * @throws SnapshotException if it is damaged or another
     */
    public static Snapshot read(SnapshotManifest manifest, InputStream in, String where) throws IOException {
        float[] parameters = Safetensors.read(manifest.modelSpec().layout(), in);
        if (!Checksums.of(parameters).equals(manifest.sha256())) {
            throw new SnapshotException(where + " is damaged: its SHA-256 is not the announced one");
        }
        return new Snapshot(manifest, parameters);
    }
}
