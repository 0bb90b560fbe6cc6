package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a file system that renames atomically and that every reader sees: a local disk, NFS, a mounted volume.
 * What returns has reached the disk.
 */
final class LocalFiles implements StoreFiles {
    private final Path root;

    LocalFiles(Path root) {
        this.root = root;
    }

    @Override
    public OutputStream create(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(parent(file));
        FileOutputStream out = new FileOutputStream(file.toFile());
        return new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                out.write(value);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                out.write(bytes, from, length);
            }

            @Override
            public void close() throws IOException {
                try (out) {
                    if (out.getChannel().isOpen()) out.getChannel().force(true);
                }
            }
        };
    }

    @Override
    public byte @Nullable [] read(String path) throws IOException {
        try {
            return Files.readAllBytes(root.resolve(path));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public List<String> list(String directory) throws IOException {
        try (Stream<Path> paths = Files.list(root.resolve(directory))) {
            return paths.map(path -> path.getFileName().toString()).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    @Override
    public boolean isDirectory(String path) {
        return Files.isDirectory(root.resolve(path));
    }

    @Override
    public void publish(String from, String to) throws IOException {
        create(from + "/" + READY).close();
        force(root.resolve(from));
        rename(from, to);
    }

    /** One rename brought it, so it is whole; what an earlier release published has no mark. */
    @Override
    public boolean isPublished(String directory) {
        return isDirectory(directory);
    }

    @Override
    public void replace(String path, byte[] content) throws IOException {
        String next = temporary();
        try (OutputStream out = create(next)) {
            out.write(content);
        }
        rename(next, path);
    }

    @Override
    public void append(String path, UnaryOperator<@Nullable String> next) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(root.resolve(path).toFile(), "rw")) {
            long end = wholeLines(file);
            byte[] more = next.apply(lastLine(file, end)).getBytes(UTF_8);
            file.setLength(end);
            file.seek(end);
            file.write(more);
            file.getFD().sync();
        }
    }

    /** Where the last whole line ends. */
    private static long wholeLines(RandomAccessFile file) throws IOException {
        long end = file.length();
        while (end > 0) {
            file.seek(end - 1);
            if (file.read() == '\n') return end;
            end--;
        }
        return 0;
    }

    private static @Nullable String lastLine(RandomAccessFile file, long end) throws IOException {
        if (end == 0) return null;
        long begin = end - 1;
        while (begin > 0) {
            file.seek(begin - 1);
            if (file.read() == '\n') break;
            begin--;
        }
        byte[] line = new byte[Math.toIntExact(end - begin)];
        file.seek(begin);
        file.readFully(line);
        return new String(line, UTF_8);
    }

    /** It leaves as it came, by one rename. */
    @Override
    public void delete(String directory) throws IOException {
        String leaving = temporary();
        rename(directory, leaving);
        try (Stream<Path> paths = Files.walk(root.resolve(leaving))) {
            paths.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Among what was staged, so that it is swept if it stays behind. */
    private static String temporary() {
        return SnapshotStore.STAGING + "/" + UUID.randomUUID();
    }

    private void rename(String from, String to) throws IOException {
        Path target = root.resolve(to);
        Path parent = parent(target);
        Files.createDirectories(parent);
        Files.move(root.resolve(from), target, StandardCopyOption.ATOMIC_MOVE);
        force(parent);
    }

    private Path parent(Path below) {
        Path parent = below.getParent();
        return parent == null ? root : parent;
    }

    /** Has the names in the directory on the disk when it returns. */
    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public String place(String path) {
        return root.resolve(path).toAbsolutePath().normalize().toString();
    }
}
