package dev.millrace.pipeline.serve;

import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.snapshots.PublishedSnapshots;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Versions on Kafka or in an object store. To list them means to read the topic, or to ask the store for each of them, so the
 * list is kept for a while, and that there is none, too; parameters that somebody asked for are fetched once and kept as files,
 * the last few of them.
 */
final class FetchedCatalog implements Catalog {
    private static final long KEPT_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int KEPT_FILES = 4;

    private final PublishedSnapshots snapshots;
    private final Turns turns;
    private final LongSupplier nanos;
    private volatile @Nullable Listing last;
    private final Map<Long, Path> files = new LinkedHashMap<>(8, 0.75f, true);

    /** What came of asking: the versions, or why there are none. */
    private record Listing(
            List<SnapshotManifest> versions, @Nullable IOException failure, long at) {
        List<SnapshotManifest> get() throws IOException {
            if (failure != null) throw new IOException(failure.getMessage(), failure);
            return versions;
        }
    }

    /** @param nanos rises evenly, as {@link System#nanoTime} does and the clock on the wall does not */
    FetchedCatalog(PublishedSnapshots snapshots, Turns turns, LongSupplier nanos) {
        this.snapshots = snapshots;
        this.turns = turns;
        this.nanos = nanos;
    }

    @Override
    public List<SnapshotManifest> versions() throws IOException {
        Listing kept = kept();
        return kept != null ? kept.get() : turns.take(this::listed);
    }

    private @Nullable Listing kept() {
        Listing kept = last;
        return kept != null && nanos.getAsLong() - kept.at < KEPT_NANOS ? kept : null;
    }

    /** One asks for all who wait. */
    private synchronized List<SnapshotManifest> listed() throws IOException {
        Listing kept = kept();
        if (kept != null) return kept.get();
        try {
            List<SnapshotManifest> listed = list();
            last = new Listing(listed, null, nanos.getAsLong());
            return listed;
        } catch (IOException e) {
            last = new Listing(List.of(), e, nanos.getAsLong());
            throw e;
        }
    }

    private List<SnapshotManifest> list() throws IOException {
        try {
            return snapshots.list();
        } catch (KafkaException e) {
            throw new IOException("the brokers of " + snapshots.place() + " do not answer: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public Path parameters(SnapshotManifest manifest) throws IOException {
        return turns.take(() -> {
            synchronized (files) { // the list can be asked for meanwhile
                return file(manifest);
            }
        });
    }

    private Path file(SnapshotManifest manifest) throws IOException {
        Path kept = files.get(manifest.version());
        if (kept != null && Files.exists(kept)) return kept;
        Path file = Files.createTempFile("millrace-serve-", ".safetensors");
        file.toFile().deleteOnExit();
        try {
            write(manifest, file);
        } catch (IOException | RuntimeException e) { // whoever asks again gets another file
            Files.deleteIfExists(file);
            throw e;
        }
        files.put(manifest.version(), file);
        Iterator<Path> oldest = files.values().iterator();
        for (int more = files.size() - KEPT_FILES; more > 0; more--) {
            Files.deleteIfExists(oldest.next()); // who reads it still does so to its end
            oldest.remove();
        }
        return file;
    }

    private void write(SnapshotManifest manifest, Path file) throws IOException {
        Snapshot snapshot;
        try {
            snapshot = snapshots.load(manifest.version());
        } catch (KafkaException e) {
            throw new IOException("the brokers of " + snapshots.place() + " do not answer: " + e.getMessage(), e);
        }
        if (!snapshot.manifest().sha256().equals(manifest.sha256())) {
            throw new SnapshotException(snapshots.place() + " has another version " + manifest.version() + " by now");
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            Safetensors.write(manifest.modelSpec().layout(), snapshot.parameters(), manifest.provenance(), out);
        }
    }
}
