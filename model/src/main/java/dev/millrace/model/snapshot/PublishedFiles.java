package dev.millrace.model.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the files of published versions lie, from the side that reads them. Paths are relative to it, with {@code /} between
 * names. For any number of threads.
 */
public interface PublishedFiles {

    /** A directory of this machine's file systems. */
    static PublishedFiles of(Path root) {
        return new LocalPublishedFiles(root);
    }

    /** Whether there is such a place at all. */
    boolean exists() throws IOException;

    /** @throws NoSuchFileException if there is no such file */
    InputStream open(String path) throws IOException;

    /** @throws NoSuchFileException if there is no such file */
    long size(String path) throws IOException;

    /** Names of what lies in a directory; none if there is none. */
    List<String> list(String directory) throws IOException;

    /** Whether the directory of a version has all that belongs to it: it may just be written or deleted. */
    boolean isWhole(String directory) throws IOException;

    /**
     * Another one after the file was replaced, equal to the one before as long as it was not.
     *
     * @throws NoSuchFileException if there is no such file
     */
    Object stamp(String path) throws IOException;

    /** Where a path is, for messages; of the empty one the place itself. */
    String place(String path);
}
