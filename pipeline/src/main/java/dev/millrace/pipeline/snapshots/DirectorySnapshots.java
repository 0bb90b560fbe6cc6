package dev.millrace.pipeline.snapshots;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.PublishedFiles;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Snapshots as files. */
public final class DirectorySnapshots implements PublishedSnapshots {
    private final SnapshotDirectory directory;

    /** @param files with {@code versions} and {@code current.json} among them */
    public DirectorySnapshots(PublishedFiles files) {
        this.directory = new SnapshotDirectory(files);
    }

    @Override
    public List<SnapshotManifest> list() {
        return directory.versions().stream().map(directory::manifest).toList();
    }

    @Override
    public Snapshot load(long version) {
        return directory.load(version);
    }

    @Override
    public @Nullable Aliases aliases() {
        return directory.aliases();
    }

    @Override
    public String place() {
        return directory.place();
    }
}
