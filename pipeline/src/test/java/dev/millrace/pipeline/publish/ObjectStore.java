package dev.millrace.pipeline.publish;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.core.fs.BlockLocation;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * An object store in memory, as Flink sees one: an object appears whole when it is closed, directories are nothing but the
 * beginnings of names, and nothing can be renamed. It can be told to fail at its n-th change from now.
 */
final class ObjectStore extends FileSystem {
    static final String SCHEME = "objects";
    static final ObjectStore INSTANCE = new ObjectStore();

    private final TreeMap<String, byte[]> objects = new TreeMap<>();
    private int changesLeft = Integer.MAX_VALUE;
    private int changes;

    /** Forgets everything. */
    void clear() {
        objects.clear();
        neverFail();
    }

    /** Lets {@code changes} more happen, then fails. */
    void failAfter(int changes) {
        changesLeft = changes;
        this.changes = 0;
    }

    void neverFail() {
        failAfter(Integer.MAX_VALUE);
    }

    /** Changes since the last call of {@link #failAfter}. */
    int changes() {
        return changes;
    }

    /** What a reader sees below a name at this moment, as files. */
    void copyTo(String below, java.nio.file.Path directory) throws IOException {
        for (var object : objects.tailMap(below + "/").entrySet()) {
            if (!object.getKey().startsWith(below + "/")) break;
            java.nio.file.Path file = directory.resolve(object.getKey().substring(below.length() + 1));
            Files.createDirectories(file.getParent());
            Files.write(file, object.getValue());
        }
    }

    private void change() throws IOException {
        if (changesLeft-- <= 0) throw new IOException("the connection to the store was cut");
        changes++;
    }

    private static String name(Path path) {
        return path.toUri().getPath();
    }

    private boolean isPrefix(String name) {
        String after = objects.ceilingKey(name + "/");
        return after != null && after.startsWith(name + "/");
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        byte[] object = objects.get(name(path));
        if (object == null && !isPrefix(name(path))) throw new FileNotFoundException(path.toString());
        return new Status(path, object == null ? 0 : object.length, object == null);
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        String prefix = name(path) + "/";
        TreeSet<String> names = new TreeSet<>();
        for (String object : objects.tailMap(prefix).keySet()) {
            if (!object.startsWith(prefix)) break;
            names.add(object.substring(prefix.length()).split("/", 2)[0]);
        }
        FileStatus[] found = new FileStatus[names.size()];
        int i = 0;
        for (String name : names) found[i++] = getFileStatus(new Path(path, name));
        return found;
    }

    @Override
    public FSDataInputStream open(Path path) throws IOException {
        byte[] object = objects.get(name(path));
        if (object == null) throw new FileNotFoundException(path.toString());
        return new Input(object);
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        return open(path);
    }

    @Override
    public FSDataOutputStream create(Path path, WriteMode mode) {
        return new Output(name(path));
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        String name = name(path);
        boolean there = objects.containsKey(name);
        if (there) {
            change();
            objects.remove(name);
        }
        for (String object : objects.tailMap(name + "/").keySet().toArray(String[]::new)) {
            if (!recursive || !object.startsWith(name + "/")) break;
            change();
            objects.remove(object);
            there = true;
        }
        return there;
    }

    @Override
    public boolean rename(Path from, Path to) {
        throw new UnsupportedOperationException("an object store renames nothing");
    }

    @Override
    public boolean mkdirs(Path path) {
        return true;
    }

    @Override
    public BlockLocation[] getFileBlockLocations(FileStatus file, long start, long length) {
        return new BlockLocation[0];
    }

    @Override
    public Path getWorkingDirectory() {
        return new Path(SCHEME + "://bucket/");
    }

    @Override
    public Path getHomeDirectory() {
        return getWorkingDirectory();
    }

    @Override
    public URI getUri() {
        return URI.create(SCHEME + "://bucket/");
    }

    @Override
    public boolean isDistributedFS() {
        return true;
    }

    private record Status(Path path, long size, boolean isDir) implements FileStatus {
        @Override
        public Path getPath() {
            return path;
        }

        @Override
        public long getLen() {
            return size;
        }

        @Override
        public long getBlockSize() {
            return size;
        }

        @Override
        public short getReplication() {
            return 1;
        }

        @Override
        public long getModificationTime() {
            return 0;
        }

        @Override
        public long getAccessTime() {
            return 0;
        }
    }

    private static final class Input extends FSDataInputStream {
        private final ByteArrayInputStream bytes;
        private final int length;

        Input(byte[] object) {
            bytes = new ByteArrayInputStream(object);
            length = object.length;
        }

        @Override
        public void seek(long position) {
            bytes.reset();
            long unused = bytes.skip(position);
        }

        @Override
        public long getPos() {
            return (long) length - bytes.available();
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] into, int from, int count) {
            return bytes.read(into, from, count);
        }
    }

    /** Nothing is there before it is closed. */
    private final class Output extends FSDataOutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final String name;

        Output(String name) {
            this.name = name;
        }

        @Override
        public long getPos() {
            return bytes.size();
        }

        @Override
        public void write(int value) {
            bytes.write(value);
        }

        @Override
        public void write(byte[] from, int start, int count) {
            bytes.write(from, start, count);
        }

        @Override
        public void flush() {}

        @Override
        public void sync() {}

        @Override
        public void close() throws IOException {
            change();
            objects.put(name, bytes.toByteArray());
        }
    }
}
