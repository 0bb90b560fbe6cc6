package dev.millrace.model.snapshot;

import dev.millrace.model.optimizer.FiniteCheck;

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
}
