package dev.millrace.model.client;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.PublishedFiles;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Versions published as files, on a disk that this process sees or wherever else they can be read. Whether something changed is
 * read off the file that names the version, which is replaced as a whole.
 */
public final class DirectorySource implements SnapshotSource {
    private final PublishedFiles files;
    private final SnapshotDirectory directory;
    private @Nullable Seen seen;

    private record Seen(VersionChoice choice, Object stamp, VersionTarget target) {}

    /** @param root holds {@code versions} and {@code current.json} */
    public DirectorySource(Path root) {
        this(PublishedFiles.of(root));
    }

    /** @param files with {@code versions} and {@code current.json} among them */
    public DirectorySource(PublishedFiles files) {
        this.files = files;
        this.directory = new SnapshotDirectory(files);
    }

    @Override
    public @Nullable VersionTarget find(VersionChoice choice) throws IOException {
        if (choice.isLive()) throw Live.absent(place());
        Long pinned = choice.pinned();
        String file = pinned != null
                ? SnapshotDirectory.manifestPath(pinned)
                : choice.isAlias() ? SnapshotDirectory.ALIASES : SnapshotDirectory.CURRENT;
        try {
            // Before it is read: what is written between the two is read again.
            Object stamp = files.stamp(file);
            Seen before = seen;
            if (before != null && before.choice.equals(choice) && before.stamp.equals(stamp)) return before.target;
            VersionTarget target = read(choice);
            seen = target == null ? null : new Seen(choice, stamp, target);
            return target;
        } catch (NoSuchFileException e) {
            if (files.exists()) return null;
            throw new NoSuchFileException(place() + " is no directory that this process sees");
        }
    }

    private @Nullable VersionTarget read(VersionChoice choice) {
        if (choice.isAlias()) {
            Aliases aliases = directory.aliases();
            Long version = aliases == null ? null : aliases.versions().get(choice.word());
            if (aliases == null || version == null) return null;
            return new VersionTarget(directory.manifest(version), aliases.revision());
        }
        Long pinned = choice.pinned();
        return new VersionTarget(pinned != null ? directory.manifest(pinned) : directory.current(), 0);
    }

    @Override
    public Snapshot load(SnapshotManifest manifest) {
        Snapshot snapshot = directory.load(manifest.version());
        if (snapshot.manifest().sha256().equals(manifest.sha256())) return snapshot;
        throw new SnapshotException(place() + " has another version " + manifest.version() + " than it had before");
    }

    @Override
    public String place() {
        return files.place("");
    }

    @Override
    public void close() {}
}
