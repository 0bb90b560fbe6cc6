package dev.millrace.pipeline.files;

import dev.millrace.model.snapshot.PublishedFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** Words for places: a path of this machine, {@code file:///path}, or a URI that Flink has a file system for. */
public final class Places {
    private Places() {}

    /** Whether a place is a path of this machine rather than a URI. */
    public static boolean isPath(String place) {
        return !place.matches("[a-zA-Z][a-zA-Z0-9+.-]*:.*");
    }

    /** Whether reading it takes one of Flink's file systems. */
    public static boolean isRemote(String place) {
        return !isPath(place) && !place.startsWith("file:");
    }

    /** Whether it is of HDFS, which shows a file while it is being written, cut off where its writer was stopped. */
    public static boolean isHdfs(String place) {
        return place.matches("(?i)(hdfs|webhdfs|swebhdfs|viewfs):.*");
    }

    /**
     * Where a place of this machine is.
     *
     * @param place not {@link #isRemote}
     * @throws IllegalArgumentException if it is no place
     */
    public static Path local(String place) {
        return isPath(place) ? Path.of(place) : Path.of(URI.create(place));
    }

    /**
     * The files of a place, to be read.
     *
     * @throws IllegalArgumentException if it is no place
     * @throws IOException if Flink knows no such file system, or cannot reach it
     */
    public static PublishedFiles published(String place) throws IOException {
        if (isRemote(place)) return new FlinkFiles(place);
        return PublishedFiles.of(local(place));
    }
}
