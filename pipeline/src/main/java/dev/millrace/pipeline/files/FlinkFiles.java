package dev.millrace.pipeline.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.model.snapshot.PublishedFiles;
import dev.millrace.model.snapshot.SnapshotDirectory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Published files in an object store, or wherever else Flink has a file system for. Directories are there only as long as
 * something lies in them, and what a listing says may be gone when it is opened.
 */
final class FlinkFiles implements PublishedFiles {
    private final FileSystem files;
    private final String root;

    FlinkFiles(String root) throws IOException {
        this.root = root.endsWith("/") ? root.substring(0, root.length() - 1) : root;
        this.files = new Path(this.root).getFileSystem();
    }

    private Path at(String path) {
        return new Path(path.isEmpty() ? root : root + "/" + path);
    }

    @Override
    public boolean exists() throws IOException {
        return files.exists(at(""));
    }

    @Override
    public InputStream open(String path) throws IOException {
        try {
            return files.open(at(path));
        } catch (FileNotFoundException e) {
            throw missing(path, e);
        }
    }

    @Override
    public long size(String path) throws IOException {
        try {
            return files.getFileStatus(at(path)).getLen();
        } catch (FileNotFoundException e) {
            throw missing(path, e);
        }
    }

    private NoSuchFileException missing(String path, FileNotFoundException cause) {
        NoSuchFileException missing = new NoSuchFileException(place(path));
        missing.initCause(cause);
        return missing;
    }

    @Override
    public List<String> list(String directory) throws IOException {
        List<String> names = new ArrayList<>();
        try {
            if (!files.exists(at(directory))) return names;
            for (FileStatus status : files.listStatus(at(directory))) {
                names.add(status.getPath().getName());
            }
        } catch (FileNotFoundException e) {
            return List.of(); // the last of them has just gone
        }
        return names;
    }

    @Override
    public boolean isWhole(String directory) throws IOException {
        return files.exists(at(directory + "/" + SnapshotDirectory.READY));
    }

    /** What it holds: the files that are watched are small, and times of a store too coarse to tell two writes apart. */
    @Override
    public Object stamp(String path) throws IOException {
        try (InputStream in = open(path)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Override
    public String place(String path) {
        return path.isEmpty() ? root : root + "/" + path;
    }
}
