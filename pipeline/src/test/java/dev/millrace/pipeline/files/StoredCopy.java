package dev.millrace.pipeline.files;

import dev.millrace.model.snapshot.SnapshotDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** A published directory copied to where Flink has a file system for, as a job would have published it there. */
public final class StoredCopy {
    private StoredCopy() {}

    /** @param uri such as {@code objects://bucket/ctr} */
    public static void of(java.nio.file.Path directory, String uri) throws IOException {
        List<java.nio.file.Path> files;
        try (Stream<java.nio.file.Path> all = Files.walk(directory)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        for (java.nio.file.Path file : files) {
            String name = directory.relativize(file).toString();
            write(uri + "/" + name, Files.readAllBytes(file));
            if (file.endsWith(SnapshotDirectory.MANIFEST)) {
                write(uri + "/" + name.replace(SnapshotDirectory.MANIFEST, SnapshotDirectory.READY), new byte[0]);
            }
        }
    }

    private static void write(String uri, byte[] content) throws IOException {
        Path path = new Path(uri);
        try (OutputStream out = path.getFileSystem().create(path, FileSystem.WriteMode.OVERWRITE)) {
            out.write(content);
        }
    }
}
