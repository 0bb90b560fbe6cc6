package dev.millrace.pipeline.server;

import dev.millrace.model.gate.Evaluation;
import dev.millrace.model.snapshot.Aliases;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.control.Action;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.control.Outcome;
import dev.millrace.pipeline.files.Places;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a directory of published versions says of them, for a job that begins and for a person while none runs. */
public final class DirectoryStanding {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryStanding.class);

    /** A job that ended may have decided a little further than its directory shows; a person's revision is above that. */
    private static final long OFFLINE_STEP = 1_000;

    private static final PublicationSettings EVERY_VERSION = PublicationSettings.closed(Integer.MAX_VALUE);

    /** What a command made of a directory: an update to write, null for none, and what is said of it. */
    public record Answer(@Nullable AliasUpdate update, Outcome outcome) {}

    private DirectoryStanding() {}

    /**
     * Judges a command on a directory that no job publishes to.
     *
     * @param now milliseconds since the epoch
     */
    public static Answer judge(SnapshotDirectory directory, Command command, long now) {
        Action action = Objects.requireNonNull(command.action());
        Standing standing = read(directory);
        try {
            Standing moved = new Promotions(EVERY_VERSION)
                    .apply(standing.withRevision(standing.revision() + OFFLINE_STEP - 1), command, action, now);
            boolean same = moved.changes().isEmpty();
            AliasUpdate update = same ? null : new AliasUpdate(moved.aliases(command.model()), moved.changes());
            String said = Promotions.position(moved)
                    + (same ? ", as it was" : "; readers see it, a job adopts it when it begins");
            return new Answer(update, Outcome.accepted(command.id(), said));
        } catch (Refusal e) {
            return new Answer(null, Outcome.refused(command.id(), action.text(), String.valueOf(e.getMessage())));
        }
    }

    /**
     * What a job that begins makes of its standing: versions of the directory that it does not know, and aliases that were
     * moved there without it. A directory that cannot be read changes nothing.
     *
     * @param now milliseconds since the epoch
     */
    static Standing adopt(Standing standing, String model, @Nullable String directory, long now) {
        if (directory == null) return standing;
        try {
            SnapshotDirectory published = new SnapshotDirectory(Places.published(directory));
            Aliases aliases = published.aliases();
            if (aliases != null && !aliases.model().equals(model)) return standing; // the sink will refuse it
            Standing known = standing.withVersions(evaluations(published, model, standing));
            return aliases == null ? known : known.adopting(aliases, directory, now);
        } catch (SnapshotException | IOException | UncheckedIOException e) {
            LOG.warn("{}: the aliases in {} cannot be read; this job goes on with its own", model, directory, e);
            return standing;
        }
    }

    /**
     * The newest version of a model in a directory; 0 for none.
     *
     * @throws SnapshotException if it cannot be read
     * @throws IOException if it cannot be reached
     */
    static long newest(String model, String directory) throws IOException {
        SnapshotDirectory published = new SnapshotDirectory(Places.published(directory));
        List<Long> versions = published.versions();
        if (versions.isEmpty()) return 0;
        long newest = versions.get(versions.size() - 1);
        return published.manifest(newest).model().equals(model) ? newest : 0; // of another one the sink refuses it
    }

    private static Standing read(SnapshotDirectory directory) {
        Aliases aliases = directory.aliases();
        Standing versions = Standing.NONE.withVersions(evaluations(directory, null, Standing.NONE));
        if (aliases == null) return versions;
        return versions.withAliases(aliases);
    }

    /** Of all versions that are known or in the directory, by version. */
    private static Map<Long, Evaluation> evaluations(
            SnapshotDirectory directory, @Nullable String model, Standing known) {
        Map<Long, Evaluation> evaluations = new TreeMap<>();
        for (long version : directory.versions()) {
            if (known.knows(version)) continue;
            SnapshotManifest manifest = directory.manifest(version);
            if (model == null || manifest.model().equals(model)) evaluations.put(version, evaluation(manifest));
        }
        for (Standing.Published each : known.versions()) evaluations.put(each.version(), each.evaluation());
        return evaluations;
    }

    /** As the manifest has it; NaN for what it lacks. */
    private static Evaluation evaluation(SnapshotManifest manifest) {
        return new Evaluation(
                (long) number(manifest, "gate.samples"),
                number(manifest, "gate.loss"),
                number(manifest, "gate.accuracy"),
                number(manifest, "gate.auc"),
                false,
                true);
    }

    private static double number(SnapshotManifest manifest, String key) {
        String text = manifest.provenance().get(key);
        try {
            return text == null ? Double.NaN : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
