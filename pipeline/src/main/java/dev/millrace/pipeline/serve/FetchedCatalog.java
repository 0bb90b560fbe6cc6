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
import java.time.Clock;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;

/**
 * Versions on Kafka or in an object store. To list them means to read the topic, or to ask the store for each of them, so the
 * list is kept for a while; parameters that somebody asked for are fetched once and kept as files, the last few of them.
 */
final class FetchedCatalog implements Catalog {
    private static final long KEPT_MILLIS = 5_000;
    private static final int KEPT_FILES = 4;

    private final PublishedSnapshots snapshots;
    private final Clock clock;
    private List<SnapshotManifest> listed = List.of();
    private long listedAt = Long.MIN_VALUE;
    private final Map<Long, Path> files = new LinkedHashMap<>(8, 0.75f, true);

    FetchedCatalog(PublishedSnapshots snapshots, Clock clock) {
        this.snapshots = snapshots;
        this.clock = clock;
    }

    @Override
    public synchronized List<SnapshotManifest> versions() throws IOException {
        if (listedAt != Long.MIN_VALUE && clock.millis() - listedAt < KEPT_MILLIS) return listed;
        try {
            listed = snapshots.list();
        } catch (KafkaException e) {
            throw new IOException("the brokers of " + snapshots.place() + " do not answer: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
        listedAt = clock.millis();
        return listed;
    }

    @Override
    public Path parameters(SnapshotManifest manifest) throws IOException {
        synchronized (files) { // the list can be asked for meanwhile
            return file(manifest);
        }
    }

    private Path file(SnapshotManifest manifest) throws IOException {
        Path kept = files.get(manifest.version());
        if (kept != null && Files.exists(kept)) return kept;
        Path file = Files.createTempFile("millrace-serve-", ".safetensors");
        file.toFile().deleteOnExit();
        write(manifest, file);
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
