package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.server.AliasUpdate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that snapshots are published in, seen from the side that writes:
 *
 * <pre>
 * .staging/&lt;version&gt;-&lt;unique&gt;/   written, not yet published; also what is about to be deleted
 * versions/&lt;version&gt;/            model.safetensors, manifest.json and, when both are whole, READY
 * current.json                  manifest of the newest version; replaced as a whole, never moved backwards
 * aliases.json                  champion and candidate; replaced as a whole, its revision rises
 * audit.jsonl                   a line for each change of the champion
 * </pre>
 *
 * <p>In a directory of this machine everything becomes visible by one atomic rename; in an object store, which has none, READY
 * comes last. One job writes into a directory, with one model.
 */
final class SnapshotStore {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStore.class);

    static final String STAGING = ".staging";

    private final StoreFiles files;
    private final AliasFiles aliases;

    SnapshotStore(StoreFiles files) {
        this.files = files;
        this.aliases = new AliasFiles(files);
    }

    /**
     * The manifest in {@code current.json}; the newest version's where that file is missing or cannot be read; null before the
     * first publication.
     */
    @Nullable
    SnapshotManifest current() throws IOException {
        @Nullable SnapshotManifest written = written();
        if (written != null) return written;
        List<Long> versions = versions();
        return versions.isEmpty() ? null : manifest(manifestOf(Collections.max(versions)));
    }

    /** Null also for what cannot be read, since a write of it was cut off or somebody edited it: the next commit replaces it. */
    private @Nullable SnapshotManifest written() throws IOException {
        try {
            return manifest(SnapshotDirectory.CURRENT);
        } catch (SnapshotException e) {
            LOG.warn("{} is replaced", files.place(SnapshotDirectory.CURRENT), e);
            return null;
        }
    }

    /** Writes the files of a version where nobody reads them. */
    StagedSnapshot stage(String model, long version, String manifest, List<byte[]> parts, String aliases)
            throws IOException {
        requireModel(model);
        StagedSnapshot staged = new StagedSnapshot(model, version, root(), version + "-" + UUID.randomUUID(), aliases);
        SnapshotFiles.write(files, staging(staged), manifest, parts);
        return staged;
    }

    /** @throws SuppressRestartsException around a {@link SnapshotConflictException} if another model lives here */
    private void requireModel(String model) throws IOException {
        @Nullable SnapshotManifest current = current();
        if (current != null && !current.model().equals(model)) {
            throw new SuppressRestartsException(new SnapshotConflictException(model, current.model(), files.place("")));
        }
    }

    boolean isStaged(StagedSnapshot staged) throws IOException {
        return staged.bringsVersion() && files.isDirectory(staging(staged));
    }

    /**
     * Makes a staged snapshot a published version, and its aliases what readers see. Does nothing the second time.
     *
     * @throws SuppressRestartsException around a {@link SnapshotConflictException} if the version is there already
     *     with other parameters
     */
    void publish(StagedSnapshot staged) throws IOException {
        if (staged.bringsVersion()) publishVersion(staged);
        if (!staged.aliases().isEmpty()) advance(AliasUpdate.ofText(staged.aliases()));
    }

    /** Makes an update of the aliases what readers see, unless they see a later one already. */
    void advance(AliasUpdate update) throws IOException {
        aliases.advance(update, versions());
    }

    private void publishVersion(StagedSnapshot staged) throws IOException {
        String from = staging(staged);
        String to = version(staged.version());
        boolean isStaged = files.isDirectory(from);
        if (files.isPublished(to)) {
            if (isStaged) {
                requireSame(staged, manifest(from + "/" + SnapshotDirectory.MANIFEST), to);
                files.delete(from);
            }
        } else if (isStaged) {
            files.publish(from, to);
        } else if (isOfAnotherDirectory(staged)) {
            LOG.warn(
                    "Version {} of model {} is not published: its checkpoint was taken when {} was the directory, and {} is now",
                    staged.version(),
                    staged.model(),
                    staged.root().isEmpty() ? "another one" : staged.root(),
                    root());
            return;
        } else if (!isOlderThanCurrent(staged.version())) {
            throw new IOException("Version " + staged.version() + " of model " + staged.model() + " is neither in "
                    + files.place(to) + " nor in " + files.place(from) + ": somebody else deletes files there.");
        }
        advanceCurrent(staged);
    }

    /**
     * Deletes what was staged and is not among {@code pending}, left behind by a life that ended before its commit, and versions
     * that are not whole, left behind by one that ended within it: those that are pending come again.
     */
    void sweep(Set<String> pending) throws IOException {
        for (String orphan : files.list(STAGING)) {
            if (!pending.contains(orphan)) files.delete(STAGING + "/" + orphan);
        }
        for (String version : files.list(SnapshotDirectory.VERSIONS)) {
            if (!SnapshotDirectory.isVersion(version)) continue; // not of this job
            String directory = SnapshotDirectory.VERSIONS + "/" + version;
            if (!files.isPublished(directory)) files.delete(directory);
        }
    }

    /** Deletes versions except the newest {@code keep}, the current one, the champion and the one before it. */
    void retain(int keep) throws IOException {
        Set<Long> named = named();
        List<Long> versions = versions();
        for (int i = 0; i < versions.size() - keep; i++) {
            long version = versions.get(i);
            if (!named.contains(version)) files.delete(version(version));
        }
    }

    /** Published versions in rising order. */
    private List<Long> versions() throws IOException {
        List<Long> versions = new ArrayList<>();
        for (String name : files.list(SnapshotDirectory.VERSIONS)) {
            if (!SnapshotDirectory.isVersion(name)) continue;
            if (files.isPublished(SnapshotDirectory.VERSIONS + "/" + name)) versions.add(Long.valueOf(name));
        }
        Collections.sort(versions);
        return versions;
    }

    private Set<Long> named() throws IOException {
        Set<Long> named = new HashSet<>();
        @Nullable SnapshotManifest current = current();
        if (current != null) named.add(current.version());
        @Nullable Aliases present = aliases.present();
        if (present == null) return named;
        named.addAll(present.versions().values());
        @Nullable Long previous = present.previous();
        if (previous != null) named.add(previous);
        return named;
    }

    /** Who changes the directory at a restart finds what the last checkpoint staged in the one before. */
    private boolean isOfAnotherDirectory(StagedSnapshot staged) throws IOException {
        return staged.root().isEmpty() ? current() == null : !staged.root().equals(root());
    }

    private boolean isOlderThanCurrent(long version) throws IOException {
        @Nullable SnapshotManifest current = current();
        return current != null && version < current.version();
    }

    private void advanceCurrent(StagedSnapshot staged) throws IOException {
        @Nullable SnapshotManifest written = written();
        if (written != null && written.version() >= staged.version()) return;
        long version = written == null
                ? Collections.max(versions())
                : staged.version(); // a repeated commit may be an old one's
        byte[] next = files.read(manifestOf(version));
        files.replace(SnapshotDirectory.CURRENT, Objects.requireNonNull(next, "a published version has a manifest"));
    }

    private @Nullable SnapshotManifest manifest(String path) throws IOException {
        byte[] json = files.read(path);
        return json == null ? null : SnapshotManifest.fromJson(new String(json, UTF_8));
    }

    /** @param again what was staged; null if its files were being deleted already */
    private void requireSame(StagedSnapshot staged, @Nullable SnapshotManifest again, String published)
            throws IOException {
        SnapshotManifest there = manifest(published + "/" + SnapshotDirectory.MANIFEST);
        if (there == null) throw new IOException(files.place(published) + " has no manifest");
        if (again == null || again.sha256().equals(there.sha256())) return;
        throw new SuppressRestartsException(new SnapshotConflictException(staged, files.place(published)));
    }

    private String root() {
        return files.place("");
    }

    private static String staging(StagedSnapshot staged) {
        return STAGING + "/" + staged.name();
    }

    private static String manifestOf(long version) {
        return version(version) + "/" + SnapshotDirectory.MANIFEST;
    }

    private static String version(long version) {
        return SnapshotDirectory.VERSIONS + "/" + version;
    }
}
