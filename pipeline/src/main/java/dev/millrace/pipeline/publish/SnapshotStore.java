package dev.millrace.pipeline.publish;

import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.server.AliasUpdate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;

/**
 * The directory that snapshots are published in, seen from the side that writes:
 *
 * <pre>
 * .staging/&lt;version&gt;-&lt;unique&gt;/   written, not yet published; also what is about to be deleted
 * versions/&lt;version&gt;/            complete or absent, never anything between
 * current.json                  manifest of the newest version; replaced as a whole, never moved backwards
 * aliases.json                  champion and candidate; replaced as a whole, its revision rises
 * audit.jsonl                   a line for each change of the champion
 * </pre>
 *
 * <p>Everything becomes visible by one atomic rename, so the directory must lie on a file system that has one and
 * that every reader sees: a local disk, NFS, a mounted volume. Object stores have none: publish to Kafka instead.
 * One job writes into a directory, with one model.
 */
final class SnapshotStore {

    private final Path root;
    private final AliasFiles aliases;

    SnapshotStore(Path root) {
        this.root = root;
        this.aliases = new AliasFiles(root);
    }

    /** The manifest in {@code current.json}; null before the first publication. */
    @Nullable
    SnapshotManifest current() throws IOException {
        Path file = root.resolve(SnapshotDirectory.CURRENT);
        return Files.exists(file) ? manifest(file) : null;
    }

    /** A fresh directory for the files of one version. */
    Path newStaging(long version) throws IOException {
        return Files.createDirectories(staging().resolve(version + "-" + UUID.randomUUID()));
    }

    /** @throws SuppressRestartsException around a {@link SnapshotConflictException} if another model lives here */
    void requireModel(String model) throws IOException {
        @Nullable SnapshotManifest current = current();
        if (current != null && !current.model().equals(model)) {
            throw new SuppressRestartsException(new SnapshotConflictException(model, current.model(), root));
        }
    }

    /** Has the files of a directory on the disk when it returns. */
    void forceAll(Path directory) throws IOException {
        for (Path file : list(directory)) {
            force(file);
        }
        force(directory);
    }

    boolean isStaged(StagedSnapshot staged) {
        return staged.bringsVersion() && Files.isDirectory(staging().resolve(staged.name()));
    }

    /**
     * Makes a staged snapshot a published version, and its aliases what readers see. Does nothing the second time.
     *
     * @throws SuppressRestartsException around a {@link SnapshotConflictException} if the version is there already
     *     with other parameters
     */
    void publish(StagedSnapshot staged) throws IOException {
        if (staged.bringsVersion()) publishVersion(staged);
        if (!staged.aliases().isEmpty()) aliases.advance(AliasUpdate.ofText(staged.aliases()));
    }

    private void publishVersion(StagedSnapshot staged) throws IOException {
        Path from = staging().resolve(staged.name());
        Path to = version(staged.version());
        if (Files.isDirectory(to)) {
            if (Files.isDirectory(from)) {
                if (!sha256(from).equals(sha256(to))) {
                    throw new SuppressRestartsException(new SnapshotConflictException(staged, to));
                }
                delete(from);
            }
        } else if (Files.isDirectory(from)) {
            Files.createDirectories(published());
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            force(published());
        } else if (!isOlderThanCurrent(staged.version())) {
            throw new IOException("Version " + staged.version() + " of model " + staged.model() + " is neither in " + to
                    + " nor in " + from + ": somebody else deletes files there.");
        }
        advanceCurrent(staged);
    }

    /** Deletes what was staged and is not among {@code pending}: left behind by a life that ended before its commit. */
    void sweep(Set<String> pending) throws IOException {
        for (Path orphan : list(staging())) {
            if (!pending.contains(orphan.getFileName().toString())) {
                delete(orphan);
            }
        }
    }

    /** Deletes versions except the newest {@code keep}, the current one, the champion and the one before it. */
    void retain(int keep) throws IOException {
        Set<Long> named = named();
        List<Long> versions = new SnapshotDirectory(root).versions();
        for (int i = 0; i < versions.size() - keep; i++) {
            long version = versions.get(i);
            if (!named.contains(version)) {
                // It leaves as it came, by one rename: a reader never finds half of it.
                Path leaving = newStaging(version);
                Files.move(version(version), leaving.resolve("deleted"), StandardCopyOption.ATOMIC_MOVE);
                delete(leaving);
            }
        }
    }

    private Set<Long> named() throws IOException {
        Set<Long> named = new HashSet<>();
        @Nullable SnapshotManifest current = current();
        if (current != null) named.add(current.version());
        @Nullable Aliases present = new SnapshotDirectory(root).aliases();
        if (present == null) return named;
        named.addAll(present.versions().values());
        @Nullable Long previous = present.previous();
        if (previous != null) named.add(previous);
        return named;
    }

    private boolean isOlderThanCurrent(long version) throws IOException {
        @Nullable SnapshotManifest current = current();
        return current != null && version < current.version();
    }

    private void advanceCurrent(StagedSnapshot staged) throws IOException {
        @Nullable SnapshotManifest current = current();
        if (current != null && current.version() >= staged.version()) {
            return;
        }
        Path temporary = newStaging(staged.version());
        Path next = temporary.resolve(SnapshotDirectory.CURRENT);
        Files.copy(version(staged.version()).resolve(SnapshotDirectory.MANIFEST), next);
        force(next);
        Files.move(next, root.resolve(SnapshotDirectory.CURRENT), StandardCopyOption.ATOMIC_MOVE);
        force(root);
        delete(temporary);
    }

    private static SnapshotManifest manifest(Path file) throws IOException {
        return SnapshotManifest.fromJson(Files.readString(file));
    }

    /** Of the parameters in a directory of files. */
    private static String sha256(Path directory) throws IOException {
        return manifest(directory.resolve(SnapshotDirectory.MANIFEST)).sha256();
    }

    private Path staging() {
        return root.resolve(".staging");
    }

    private Path published() {
        return root.resolve(SnapshotDirectory.VERSIONS);
    }

    private Path version(long version) {
        return published().resolve(Long.toString(version));
    }

    /** Has the file, or the names in the directory, on the disk when it returns. */
    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
