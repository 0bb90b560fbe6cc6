package dev.millrace.model.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Files that this process sees as such. One that is replaced by a rename has another time, size or key. */
record LocalPublishedFiles(Path root) implements PublishedFiles {

    private record Stamp(
            FileTime modified, long size, @Nullable Object key) {}

    @Override
    public boolean exists() {
        return Files.isDirectory(root);
    }

    @Override
    public InputStream open(String path) throws IOException {
        return Files.newInputStream(root.resolve(path));
    }

    @Override
    public long size(String path) throws IOException {
        return Files.size(root.resolve(path));
    }

    @Override
    public List<String> list(String directory) throws IOException {
        if (!Files.isDirectory(root.resolve(directory))) return List.of();
        try (Stream<Path> entries = Files.list(root.resolve(directory))) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    /** A copy of an object store may show a version file by file; whether its mark was copied is another matter. */
    @Override
    public boolean isWhole(String directory) {
        Path version = root.resolve(directory);
        return Files.exists(version.resolve(SnapshotDirectory.MANIFEST))
                && Files.exists(version.resolve(SnapshotDirectory.PARAMETERS));
    }

    @Override
    public Object stamp(String path) throws IOException {
        BasicFileAttributes now = Files.readAttributes(root.resolve(path), BasicFileAttributes.class);
        return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
    }

    @Override
    public String place(String path) {
        return path.isEmpty() ? root.toString() : root.resolve(path).toString();
    }
}
