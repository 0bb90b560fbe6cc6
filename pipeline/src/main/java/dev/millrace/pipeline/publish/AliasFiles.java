package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.pipeline.server.AliasUpdate;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code aliases.json} and {@code audit.jsonl} of a directory, seen from the side that writes. The audit is written
 * first: a change that readers see is in it, and one that is in it twice there is not, since each has its revision.
 */
final class AliasFiles {
    private static final Logger LOG = LoggerFactory.getLogger(AliasFiles.class);

    private final StoreFiles files;

    AliasFiles(StoreFiles files) {
        this.files = files;
    }

    /** Null also for what cannot be read: the job knows better than a file that was edited badly. */
    @Nullable
    Aliases present() throws IOException {
        byte[] json = files.read(SnapshotDirectory.ALIASES);
        if (json == null) return null;
        try {
            return Aliases.fromJson(new String(json, UTF_8));
        } catch (SnapshotException e) {
            LOG.warn("{} is replaced", files.place(SnapshotDirectory.ALIASES), e);
            return null;
        }
    }

    /**
     * Makes the update what readers see, unless they see that or a later one already. An alias of a version that is not
     * in the directory is left out: readers never find one that leads nowhere.
     *
     * @param versions that are published
     */
    void advance(AliasUpdate update, List<Long> versions) throws IOException {
        Aliases present = present();
        if (present != null && present.revision() >= update.aliases().revision()) return;
        audit(update.changes());
        Aliases wanted = update.aliases();
        Aliases next = new Aliases(
                wanted.model(),
                wanted.revision(),
                wanted.pinned(),
                among(versions, wanted.champion()),
                among(versions, wanted.candidate()),
                among(versions, wanted.previous()));
        files.replace(SnapshotDirectory.ALIASES, (next.toJson() + "\n").getBytes(UTF_8));
    }

    private static @Nullable Long among(List<Long> versions, @Nullable Long version) {
        return version != null && versions.contains(version) ? version : null;
    }

    /** Appends what is not there yet. A line that a crash has cut off goes first: its change comes again. */
    private void audit(List<AliasChange> changes) throws IOException {
        if (changes.isEmpty()) return;
        files.append(SnapshotDirectory.AUDIT, last -> {
            long revision = last == null ? 0 : AliasChange.fromJson(last).revision();
            StringBuilder lines = new StringBuilder();
            for (AliasChange change : changes) {
                if (change.revision() > revision) lines.append(change.toJson()).append('\n');
            }
            return lines.toString();
        });
    }
}
