package dev.millrace.model.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Published snapshots as files: {@code versions/<version>/model.safetensors} and {@code manifest.json} beside it;
 * {@code current.json} names the newest, {@code {"model": ..., "version": ...}}, and is replaced atomically; so is {@code
 * aliases.json}, which names champion and candidate. {@code audit.jsonl} has a line for each change of the champion.
 */
public final class SnapshotDirectory {
    public static final String VERSIONS = "versions";
    public static final String CURRENT = "current.json";
    public static final String ALIASES = "aliases.json";
    public static final String AUDIT = "audit.jsonl";
    public static final String PARAMETERS = "model.safetensors";
    public static final String MANIFEST = "manifest.json";

    /** Lies in a version's directory once all its files do; copies of a directory may lack it. */
    public static final String READY = "READY";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PublishedFiles files;

    /** @param root of this machine's file systems */
    public SnapshotDirectory(Path root) {
        this(PublishedFiles.of(root));
    }

    public SnapshotDirectory(PublishedFiles files) {
        this.files = files;
    }

    /** Where it is, for messages. */
    public String place() {
        return files.place("");
    }

    /** Versions in rising order. */
    public List<Long> versions() {
        List<Long> versions = new ArrayList<>();
        try {
            for (String name : files.list(VERSIONS)) {
                if (isVersion(name) && files.isWhole(VERSIONS + "/" + name)) versions.add(Long.valueOf(name));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + files.place(VERSIONS), e);
        }
        Collections.sort(versions);
        return versions;
    }

    /** Whether a directory of this name may hold a version. */
    public static boolean isVersion(String name) {
        return name.matches("0|[1-9]\\d{0,17}");
    }

    private String text(String path) throws IOException {
        try (InputStream in = files.open(path)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** The manifest of the version to serve. */
    public SnapshotManifest current() {
        String file = files.place(CURRENT);
        try {
            JsonNode version = JSON.readTree(text(CURRENT)).path("version");
            if (!version.isIntegralNumber() || !version.canConvertToLong()) {
                throw new SnapshotException(file + " must name a version. Received: " + version);
            }
            return manifest(version.longValue());
        } catch (NoSuchFileException e) {
            throw new SnapshotException("No snapshot is published in " + place() + ": " + CURRENT + " is missing", e);
        } catch (IOException e) {
            throw new SnapshotException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Which versions the aliases point to; null in a directory that has none.
     *
     * @throws SnapshotException if they cannot be read
     */
    public @Nullable Aliases aliases() {
        try {
            return Aliases.fromJson(text(ALIASES));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new SnapshotException("Cannot read " + files.place(ALIASES) + ": " + e.getMessage(), e);
        }
    }

    /**
     * The manifest of a version.
     *
     * @throws SnapshotException if there is no such version, or another in its place
     */
    public SnapshotManifest manifest(long version) {
        String path = manifestPath(version);
        SnapshotManifest manifest;
        try {
            manifest = SnapshotManifest.fromJson(text(path));
        } catch (NoSuchFileException e) {
            throw new SnapshotException(
                    "There is no version " + version + " in " + place() + ". Published: " + versions(), e);
        } catch (IOException e) {
            throw new SnapshotException("Cannot read " + files.place(path) + ": " + e.getMessage(), e);
        }
        if (manifest.version() != version) {
            throw new SnapshotException(files.place(directory(version)) + " must hold version " + version
                    + ". Received: " + manifest.version());
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
        String path = directory(version) + "/" + PARAMETERS;
        String file = files.place(path);
        try (InputStream in = new BufferedInputStream(files.open(path))) {
            long announced = (long) manifest.modelSpec().layout().size() * Float.BYTES;
            long size = files.size(path);
            if (size < announced) { // before room is made for them
                throw new SnapshotException(
                        file + " is cut off: its parameters alone have " + announced + " bytes. Received: " + size);
            }
            return Snapshot.read(manifest, in, file);
        } catch (NoSuchFileException e) {
            throw new SnapshotException(file + " is missing", e);
        } catch (IOException e) {
            throw new SnapshotException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Where the manifest of a version lies, or would. */
    public static String manifestPath(long version) {
        return directory(version) + "/" + MANIFEST;
    }

    private static String directory(long version) {
        return VERSIONS + "/" + version;
    }
}
