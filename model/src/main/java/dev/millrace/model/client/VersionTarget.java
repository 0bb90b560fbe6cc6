package dev.millrace.model.client;

import dev.millrace.model.snapshot.SnapshotManifest;

/**
 * What a {@link VersionChoice} means at a moment.
 *
 * @param manifest of the version
 * @param revision of the aliases that said so, which rises with every change of any of them, or of live parameters the
 *     number of those that the source has seen; 0 where neither did
 */
public record VersionTarget(SnapshotManifest manifest, long revision) {

    /** Whether it is the same version, with the same parameters. */
    boolean isSameVersion(SnapshotManifest other) {
        return manifest.version() == other.version() && manifest.sha256().equals(other.sha256());
    }
}
