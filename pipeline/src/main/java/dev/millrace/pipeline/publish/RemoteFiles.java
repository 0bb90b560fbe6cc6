package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * An object store that Flink knows by its scheme, {@code s3://bucket/path}. It need not rename: a version is copied file by
 * file, and {@link #READY} comes last. It must show a file as a whole when it is closed, and at once, as S3, Google's and
 * Azure's stores do; HDFS shows one from its first block on.
 */
final class RemoteFiles implements StoreFiles {
    private final FileSystem files;
    private final String root;

    RemoteFiles(String root) throws IOException {
        this.root = root.endsWith("/") ? root.substring(0, root.length() - 1) : root;
        this.files = new Path(this.root).getFileSystem();
    }

    private Path at(String path) {
        return new Path(root + "/" + path);
    }

    @Override
    public OutputStream create(String path) throws IOException {
        return files.create(at(path), FileSystem.WriteMode.OVERWRITE);
    }

    @Override
    public byte @Nullable [] read(String path) throws IOException {
        if (!files.exists(at(path))) return null;
        try (FSDataInputStream in = files.open(at(path))) {
            return in.readAllBytes();
        } catch (FileNotFoundException e) {
            return null;
        }
    }

    @Override
    public List<String> list(String directory) throws IOException {
        if (!isDirectory(directory)) return List.of();
        List<String> names = new ArrayList<>();
        for (FileStatus status : files.listStatus(at(directory))) {
            names.add(status.getPath().getName());
        }
        return names;
    }

    /** An object store has directories only as long as something lies in them. */
    @Override
    public boolean isDirectory(String path) throws IOException {
        try {
            return files.exists(at(path)) && files.getFileStatus(at(path)).isDir();
        } catch (FileNotFoundException e) {
            return false;
        }
    }

    @Override
    public void publish(String from, String to) throws IOException {
        for (String name : list(from)) {
            try (InputStream in = files.open(at(from + "/" + name));
                    OutputStream out = create(to + "/" + name)) {
                in.transferTo(out);
            }
        }
        create(to + "/" + READY).close();
        delete(from);
    }

    @Override
    public boolean isPublished(String directory) throws IOException {
        return files.exists(at(directory + "/" + READY));
    }

    @Override
    public void replace(String path, byte[] content) throws IOException {
        try (OutputStream out = create(path)) {
            out.write(content);
        }
    }

    /** An object store appends nothing: the file is written anew. */
    @Override
    public void append(String path, UnaryOperator<@Nullable String> next) throws IOException {
        byte[] bytes = read(path);
        String lines = bytes == null ? "" : new String(bytes, UTF_8);
        String whole = lines.substring(0, lines.lastIndexOf('\n') + 1);
        int begin = whole.lastIndexOf('\n', whole.length() - 2) + 1;
        String more = next.apply(whole.isEmpty() ? null : whole.substring(begin));
        if (!more.isEmpty()) replace(path, (whole + more).getBytes(UTF_8));
    }

    /** The mark goes first. */
    @Override
    public void delete(String directory) throws IOException {
        if (isPublished(directory)) files.delete(at(directory + "/" + READY), false);
        files.delete(at(directory), true);
    }

    @Override
    public String place(String path) {
        return root + "/" + path;
    }
}
