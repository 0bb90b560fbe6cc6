package dev.millrace.model.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Published snapshots as files: {@code versions/<version>/model.safetensors} and {@code manifest.json} beside it;
 * {@code current.json} names the newest, {@code {"model": ..., "version": ...}}, and {@code aliases.json}, if there is one, the
 * versions with a name; both are replaced atomically.
 */
public final class SnapshotDirectory {
    public static final String VERSIONS = "versions";
    public static final String CURRENT = "current.json";
    public static final String ALIASES = "aliases.json";
    public static final String PARAMETERS = "model.safetensors";
    public static final String MANIFEST = "manifest.json";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path root;

    public SnapshotDirectory(Path root) {
        this.root = root;
    }

    /** Versions in rising order. */
    public List<Long> versions() {
        Path versions = root.resolve(VERSIONS);
        if (!Files.isDirectory(versions)) return List.of();
        try (Stream<Path> entries = Files.list(versions)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches("0|[1-9]\\d{0,17}"))
                    .map(Long::valueOf)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + versions, e);
        }
    }

    /** The manifest of the version to serve. */
    public SnapshotManifest current() {
        Path file = root.resolve(CURRENT);
        try {
            JsonNode version = JSON.readTree(Files.readString(file)).path("version");
            if (!version.isIntegralNumber() || !version.canConvertToLong()) {
                throw new SnapshotException(file + " must name a version. Received: " + version);
            }
            return manifest(version.longValue());
        } catch (NoSuchFileException e) {
            throw new SnapshotException("No snapshot is published in " + root + ": " + CURRENT + " is missing", e);
        } catch (IOException e) {
            throw new SnapshotException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The manifest of a version.
     *
     * @throws SnapshotException if there is no such version, or another in its place
     */
    public SnapshotManifest manifest(long version) {
        Path file = manifestFile(version);
        SnapshotManifest manifest;
        try {
            manifest = SnapshotManifest.fromJson(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new SnapshotException(
                    "There is no version " + version + " in " + root + ". Published: " + versions(), e);
        } catch (IOException e) {
            throw new SnapshotException("Cannot read " + file + ": " + e.getMessage(), e);
        }
        if (manifest.version() != version) {
            throw new SnapshotException(
                    directory(version) + " must hold version " + version + ". Received: " + manifest.version());
        }
        return manifest;
    }

    /** The version to serve, checked. */
    public Snapshot load() {
        return load(current().version());
    }

    /**
     * A version, checked against its manifest.
     *
     * @throws SnapshotException if it is missing or damaged
     */
    public Snapshot load(long version) {
        SnapshotManifest manifest = manifest(version);
        Path file = directory(version).resolve(PARAMETERS);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            long announced = (long) manifest.modelSpec().layout().size() * Float.BYTES;
            if (Files.size(file) < announced) { // before room is made for them
                throw new SnapshotException(file + " is cut off: its parameters alone have " + announced
                        + " bytes. Received: " + Files.size(file));
            }
            return Snapshot.read(manifest, in, file.toString());
        } catch (NoSuchFileException e) {
            throw new SnapshotException(file + " is missing", e);
        } catch (IOException e) {
            throw new SnapshotException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Where the manifest of a version lies, or would. */
    public Path manifestFile(long version) {
        return directory(version).resolve(MANIFEST);
    }

    private Path directory(long version) {
        return root.resolve(VERSIONS).resolve(Long.toString(version));
    }
}
