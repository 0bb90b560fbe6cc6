package dev.millrace.pipeline.publish;

import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.files.Places;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What publication needs of the place that its files lie in. Paths are relative to it, with {@code /} between names. */
public interface StoreFiles {
    /** Lies in a version's directory once all its files do. */
    String READY = SnapshotDirectory.READY;

    /**
     * The files below a path or URI: of this machine without a scheme or by {@code file:}, else by Flink's file system of the
     * scheme.
     *
     * @throws IOException if the scheme is HDFS's, or Flink has no file system for it
     */
    static StoreFiles of(String root) throws IOException {
        if (Places.isHdfs(root)) {
            throw new IOException(
                    "Snapshots are not published to HDFS, which shows files before they are whole. Received: " + root);
        }
        return Places.isRemote(root) ? new RemoteFiles(root) : new LocalFiles(Places.local(root));
    }

    /** A new file; when the stream is closed, it is durable. */
    OutputStream create(String path) throws IOException;

    /** What a file holds; null if there is none. */
    byte @Nullable [] read(String path) throws IOException;

    /** Names of what lies in a directory; none if there is none. */
    List<String> list(String directory) throws IOException;

    boolean isDirectory(String path) throws IOException;

    /**
     * Makes a directory's files those of another, which then is {@link #READY}: at once where the file system can, else one
     * by one and the mark last. Whoever is stopped within it does it again.
     */
    void publish(String from, String to) throws IOException;

    /** Whether a directory was published as a whole. */
    boolean isPublished(String directory) throws IOException;

    /** Gives a file another content, as a whole. */
    void replace(String path, byte[] content) throws IOException;

    /**
     * Appends to a file of lines, which is made if it is not there. A last line without its end, as somebody who was stopped
     * leaves it, goes first.
     *
     * @param next given the last whole line, or null, what comes behind it, each line with its end; empty for nothing
     */
    void append(String path, UnaryOperator<@Nullable String> next) throws IOException;

    /** Deletes a directory and all in it, so that no reader takes the rest for a published one. */
    void delete(String directory) throws IOException;

    /** Where a path is, for messages. */
    String place(String path);
}
