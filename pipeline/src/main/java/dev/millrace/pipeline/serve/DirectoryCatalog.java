package dev.millrace.pipeline.serve;

import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.publish.OneLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Versions of a directory, handed out as the files that are there. One whose manifest cannot be read is left out, and
 * logged once: the others are not the worse for it.
 */
final class DirectoryCatalog implements Catalog {
    private static final int MAX_REASON = 500;
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryCatalog.class);

    private final Path root;
    private final SnapshotDirectory directory;
    /** A version never has two contents, so its manifest is read once. */
    private final ConcurrentHashMap<Long, SnapshotManifest> known = new ConcurrentHashMap<>();

    private final Set<Long> unreadable = ConcurrentHashMap.newKeySet();

    /** @param root holds {@code versions} and {@code current.json} */
    DirectoryCatalog(Path root) {
        this.root = root;
        this.directory = new SnapshotDirectory(root);
    }

    @Override
    public List<SnapshotManifest> versions() {
        List<Long> versions = directory.versions();
        known.keySet().retainAll(versions);
        unreadable.retainAll(versions);
        List<SnapshotManifest> manifests = new ArrayList<>();
        for (long version : versions) {
            try {
                manifests.add(known.computeIfAbsent(version, directory::manifest));
            } catch (SnapshotException e) {
                if (unreadable.add(version)) {
                    LOG.warn(
                            "version {} is left out: {}",
                            version,
                            OneLine.of(String.valueOf(e.getMessage()), MAX_REASON));
                }
            }
        }
        return manifests;
    }

    @Override
    public Path parameters(SnapshotManifest manifest) {
        return root.resolve(SnapshotDirectory.VERSIONS)
                .resolve(Long.toString(manifest.version()))
                .resolve(SnapshotDirectory.PARAMETERS);
    }
}
