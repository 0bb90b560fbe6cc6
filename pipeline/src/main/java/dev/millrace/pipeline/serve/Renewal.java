package dev.millrace.pipeline.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has tokens, keys and certificates read again when their files have changed. What cannot be read changes nothing: the server goes on
 * with what it has, says so once, and tries again at each look: rights that are given later change no file.
 */
final class Renewal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);
    private static final long LOOK_MILLIS = 1_000;

    private final List<Watched> all = new ArrayList<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "renewal");
        made.setDaemon(true);
        return made;
    });

    /** Reads files again. */
    interface Reading {
        /** @throws Exception if that cannot be used; then nothing has changed */
        void again() throws Exception;
    }

    private record Stamp(
            FileTime modified, long size, @Nullable Object key) {}

    private static final class Watched {
        private final List<Path> files;
        private final Reading reading;
        private List<Stamp> seen;
        private boolean failed; // to read what was seen

        Watched(List<Path> files, Reading reading) {
            this.files = files;
            this.reading = reading;
            this.seen = stamps();
        }

        /** Of the files that are there. */
        private List<Stamp> stamps() {
            List<Stamp> stamps = new ArrayList<>();
            for (Path file : files) {
                try {
                    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                    stamps.add(new Stamp(now.lastModifiedTime(), now.size(), now.fileKey()));
                } catch (IOException e) {
                    LOG.debug("{} is not there, between two of its contents perhaps", file, e);
                }
            }
            return stamps;
        }

        @SuppressWarnings("CatchingUnchecked") // whatever is in the files, the server goes on
        void look() {
            List<Stamp> now = stamps();
            boolean same = now.equals(seen);
            if (same && !failed) return;
            seen = now;
            failed = true;
            try {
                reading.again();
                failed = false;
                LOG.info("{} were read again", files);
            } catch (Exception e) {
                if (same) return;
                LOG.warn("{} have changed and cannot be used yet; what was read before stays meanwhile", files, e);
            }
        }
    }

    /** Files that belong together; before the start. */
    void watch(List<Path> files, Reading reading) {
        all.add(new Watched(files, reading));
    }

    void start() {
        if (all.isEmpty()) return;
        Future<?> unused = thread.scheduleWithFixedDelay(
                () -> all.forEach(Watched::look), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
