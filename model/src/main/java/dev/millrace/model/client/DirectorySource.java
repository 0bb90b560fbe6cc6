package dev.millrace.model.client;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * Versions published as files, on a disk that this process sees. Whether something changed is read off the file that names
 * the version, which is replaced as a whole: another one has another time, size or key.
 */
public final class DirectorySource implements SnapshotSource {
    private final Path root;
    private final SnapshotDirectory directory;
    private @Nullable Seen seen;

    private record Stamp(
            FileTime modified, long size, @Nullable Object key) {}

    private record Seen(VersionChoice choice, Stamp stamp, VersionTarget target) {}

    /** @param root holds {@code versions} and {@code current.json} */
    public DirectorySource(Path root) {
        this.root = root;
        this.directory = new SnapshotDirectory(root);
    }

    @Override
    public @Nullable VersionTarget find(VersionChoice choice) throws IOException {
        if (choice.isLive()) throw Live.absent(place());
        Long pinned = choice.pinned();
        Path file = pinned != null
                ? directory.manifestFile(pinned)
                : root.resolve(choice.isAlias() ? SnapshotDirectory.ALIASES : SnapshotDirectory.CURRENT);
        try {
            // Before it is read: what is written between the two is read again.
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            Stamp stamp = new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
            Seen before = seen;
            if (before != null && before.choice.equals(choice) && before.stamp.equals(stamp)) return before.target;
            VersionTarget target = read(choice);
            seen = target == null ? null : new Seen(choice, stamp, target);
            return target;
        } catch (NoSuchFileException e) {
            if (Files.isDirectory(root)) return null;
            throw new NoSuchFileException(root + " is no directory that this process sees");
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
        throw new SnapshotException(root + " has another version " + manifest.version() + " than it had before");
    }

    @Override
    public String place() {
        return root.toString();
    }

    @Override
    public void close() {}
}
