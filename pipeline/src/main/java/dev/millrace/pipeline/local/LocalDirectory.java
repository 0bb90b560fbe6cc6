package dev.millrace.pipeline.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a local run keeps what it makes. */
record LocalDirectory(Path root) {

    /** Levels below which Flink puts a {@code _metadata} file: job, checkpoint, file. */
    private static final int METADATA_DEPTH = 3;

    Path kafka() {
        return root.resolve("kafka");
    }

    Path flink() {
        return root.resolve("flink");
    }

    Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** Every report as a line. */
    Path reports() {
        return root.resolve("reports.csv");
    }

    Path savepoints() {
        return root.resolve("savepoints");
    }

    Path snapshots() {
        return root.resolve("snapshots");
    }

    /** The newest complete savepoint or checkpoint of an earlier run in this directory. */
    Optional<Path> newestState() throws IOException {
        Optional<Path> newest = Optional.empty();
        for (Path parent : new Path[] {savepoints(), checkpoints()}) {
            if (Files.isDirectory(parent)) {
                try (Stream<Path> files = Files.walk(parent, METADATA_DEPTH)) {
                    newest = Stream.concat(
                                    newest.stream(),
                                    files.filter(file -> file.endsWith("_metadata"))
                                            .map(Path::getParent))
                            .max(Comparator.comparing(LocalDirectory::completed));
                }
            }
        }
        return newest;
    }

    private static FileTime completed(Path state) {
        try {
            return Files.getLastModifiedTime(state.resolve("_metadata"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
