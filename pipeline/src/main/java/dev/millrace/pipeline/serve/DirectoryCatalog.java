package dev.millrace.pipeline.serve;

import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** Versions of a directory, handed out as the files that are there. */
final class DirectoryCatalog implements Catalog {
    private final Path root;
    private final SnapshotDirectory directory;
    /** A version never has two contents, so its manifest is read once. */
    private final ConcurrentHashMap<Long, SnapshotManifest> known = new ConcurrentHashMap<>();

    /** @param root holds {@code versions} and {@code current.json} */
    DirectoryCatalog(Path root) {
        this.root = root;
        this.directory = new SnapshotDirectory(root);
    }

    @Override
    public List<SnapshotManifest> versions() throws IOException {
        List<Long> versions = directory.versions();
        known.keySet().retainAll(versions);
        List<SnapshotManifest> manifests = new ArrayList<>();
        for (long version : versions) {
            try {
                manifests.add(known.computeIfAbsent(version, directory::manifest));
            } catch (SnapshotException e) {
                // Its retention may have ended between the listing and here; a damaged one stays and is told.
                if (Files.exists(folder(version))) throw new IOException(e.getMessage(), e);
            }
        }
        return manifests;
    }

    private Path folder(long version) {
        return root.resolve(SnapshotDirectory.VERSIONS).resolve(Long.toString(version));
    }

    @Override
    public Path parameters(SnapshotManifest manifest) {
        return folder(manifest.version()).resolve(SnapshotDirectory.PARAMETERS);
    }

    @Override
    public String place() {
        return root.toString();
    }
}
