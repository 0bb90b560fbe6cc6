package dev.millrace.model.client;

import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** A directory as the job publishes it: complete, then renamed. */
public final class PublishedDirectory {
    private final Path root;

    public PublishedDirectory(Path root) {
        this.root = root;
    }

    /** Adds a version of {@link Identified}; {@code current.json} stays. */
    Path add(long version) {
        return add(Identified.parts(version).manifest(), Identified.parameters(version));
    }

    public Path add(SnapshotManifest manifest, float[] parameters) {
        try {
            Path staged = Files.createDirectories(root.resolve(".staging/" + manifest.version()));
            Files.writeString(staged.resolve("manifest.json"), manifest.toJson());
            try (OutputStream out = Files.newOutputStream(staged.resolve("model.safetensors"))) {
                Safetensors.write(manifest.modelSpec().layout(), parameters, Map.of(), out);
            }
            Files.createDirectories(root.resolve("versions"));
            return Files.move(staged, root.resolve("versions/" + manifest.version()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds a version and makes it the newest. */
    Path publish(long version) {
        Path place = add(version);
        pointTo(version);
        return place;
    }

    public void pointTo(long version) {
        replace("current.json", "{\"version\": " + version + "}");
    }

    void champion(long version, long revision) {
        replace("aliases.json", """
                {"model": "ctr", "revision": %d, "pinned": false, "aliases": {"champion": %d}}
                """.formatted(revision, version));
    }

    void replace(String name, String text) {
        try {
            Path next = Files.createDirectories(root.resolve(".staging")).resolve(name);
            Files.writeString(next, text);
            Files.move(next, root.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
