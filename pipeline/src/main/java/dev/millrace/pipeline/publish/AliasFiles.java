package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.pipeline.server.AliasUpdate;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code aliases.json} and {@code audit.jsonl} of a directory, seen from the side that writes. The audit is written
 * first: a change that readers see is in it, and one that is in it twice there is not, since each has its revision.
 */
final class AliasFiles {
    private static final Logger LOG = LoggerFactory.getLogger(AliasFiles.class);

    private final Path root;
    private final SnapshotDirectory directory;

    AliasFiles(Path root) {
        this.root = root;
        this.directory = new SnapshotDirectory(root);
    }

    /**
     * Makes the update what readers see, unless they see that or a later one already. An alias of a version that is not
     * in the directory is left out: readers never find one that leads nowhere.
     */
    void advance(AliasUpdate update) throws IOException {
        Aliases present = present();
        if (present != null && present.revision() >= update.aliases().revision()) return;
        audit(update.changes());
        List<Long> versions = directory.versions();
        Aliases wanted = update.aliases();
        replace(new Aliases(
                wanted.model(),
                wanted.revision(),
                wanted.pinned(),
                present(wanted.champion(), versions),
                present(wanted.candidate(), versions),
                present(wanted.previous(), versions)));
    }

    /** Null also for what cannot be read: the job knows better than a file that was edited badly. */
    private @Nullable Aliases present() {
        try {
            return directory.aliases();
        } catch (SnapshotException e) {
            LOG.warn("{} is replaced", SnapshotDirectory.ALIASES, e);
            return null;
        }
    }

    private static @Nullable Long present(@Nullable Long version, List<Long> versions) {
        return version != null && versions.contains(version) ? version : null;
    }

    private void replace(Aliases next) throws IOException {
        Path temporary = root.resolve(".staging").resolve(SnapshotDirectory.ALIASES + "-" + UUID.randomUUID());
        Files.createDirectories(temporary.getParent());
        Files.writeString(temporary, next.toJson() + "\n");
        force(temporary);
        Files.move(temporary, root.resolve(SnapshotDirectory.ALIASES), StandardCopyOption.ATOMIC_MOVE);
        force(root);
    }

    /** Appends what is not there yet. A line that a crash has cut off goes first: its change comes again. */
    private void audit(List<AliasChange> changes) throws IOException {
        if (changes.isEmpty()) return;
        try (RandomAccessFile file =
                new RandomAccessFile(root.resolve(SnapshotDirectory.AUDIT).toFile(), "rw")) {
            long end = wholeLines(file);
            file.setLength(end);
            long last = lastRevision(file, end);
            StringBuilder lines = new StringBuilder();
            for (AliasChange change : changes) {
                if (change.revision() > last) lines.append(change.toJson()).append('\n');
            }
            FileChannel channel = file.getChannel();
            ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(UTF_8));
            channel.position(end);
            while (bytes.hasRemaining()) channel.write(bytes);
            channel.force(true);
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

    private static long lastRevision(RandomAccessFile file, long end) throws IOException {
        if (end == 0) return 0;
        long begin = end - 1;
        while (begin > 0) {
            file.seek(begin - 1);
            if (file.read() == '\n') break;
            begin--;
        }
        byte[] line = new byte[Math.toIntExact(end - begin)];
        file.seek(begin);
        file.readFully(line);
        return AliasChange.fromJson(new String(line, UTF_8)).revision();
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
