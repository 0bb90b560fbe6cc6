package dev.millrace.model.client;

import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a source again and again and swaps the model when another one is to serve: found, checked, loaded and warm. One thread
 * polls and closes, any may read.
 */
final class Follower {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

    private final SnapshotSource source;
    private final VersionChoice choice;
    private final SnapshotListener listener;
    private final Freshness freshness;
    private final Refusals refusals = new Refusals();
    private volatile @Nullable ServedModel current;
    private long revision; // the newest that the aliases had
    private boolean waiting; // for the first one
    private boolean unreachable;
    private boolean stale;

    Follower(SnapshotSource source, VersionChoice choice, SnapshotListener listener, Freshness freshness) {
        this.source = source;
        this.choice = choice;
        this.listener = listener;
        this.freshness = freshness;
    }

    @Nullable
    ServedModel current() {
        return current;
    }

    Duration age() {
        return freshness.age(manifest());
    }

    boolean isFresh() {
        SnapshotManifest manifest = manifest();
        return manifest != null && freshness.isWithinLimit(manifest);
    }

    private @Nullable SnapshotManifest manifest() {
        ServedModel model = current;
        return model == null ? null : model.manifest();
    }

    /** Asks once, and does whatever is to be done; whatever fails, the model stays as it is. */
    void poll() {
        String subject = choice.word();
        try {
            VersionTarget target = source.find(choice);
            if (target == null) {
                gone();
            } else {
                subject = subjectOf(target);
                consider(target);
            }
            unreachable = false;
        } catch (IOException e) {
            if (isEnding()) return;
            unreachable(e);
        } catch (RuntimeException | OutOfMemoryError e) { // whatever a source throws: the client goes on
            if (isEnding()) return;
            refuse(subject, e instanceof SnapshotException ? String.valueOf(e.getMessage()) : e.toString());
        }
        checkFreshness();
    }

    /** What was interrupted has failed, but that is no news. */
    private static boolean isEnding() {
        return Thread.currentThread().isInterrupted();
    }

    private void gone() {
        if (current == null) {
            if (!waiting) LOG.info("No version in {} is {} yet", source.place(), choice);
            waiting = true;
            return;
        }
        refuse(choice.word(), "no version in " + source.place() + " is " + choice + " any more");
    }

    private void consider(VersionTarget target) throws IOException {
        ServedModel before = current;
        if (before != null && target.isSameVersion(before.manifest())) {
            revision = Math.max(revision, target.revision());
            refusals.clear();
            return;
        }
        if (!refusals.isDue(subjectOf(target))) return;
        String reason = uncovered(target.manifest());
        if (reason == null && before != null) reason = reasonAgainst(target, before.manifest());
        if (reason != null) {
            refuse(subjectOf(target), reason);
            return;
        }
        swap(before, ServedModel.of(source.load(target.manifest())));
        revision = target.revision();
    }

    /** Why a reader did not ask for such a one, whatever its source holds; null if it did. */
    private @Nullable String uncovered(SnapshotManifest manifest) {
        if (manifest.covered() != choice.isLive()) return null;
        return choice.isLive()
                ? "a checkpoint covers it: it is not " + choice
                : "no checkpoint covers it: it is for those who ask for " + VersionChoice.LIVE;
    }

    /** Why a version must not follow the one that serves; null if it may. */
    private @Nullable String reasonAgainst(VersionTarget target, SnapshotManifest now) {
        long version = target.manifest().version();
        if (!target.manifest().model().equals(now.model())) {
            return "it is of model " + target.manifest().model() + ", not of " + now.model();
        }
        boolean moved = (choice.isAlias() || choice.isLive()) && target.revision() > revision;
        // A restored job trains a version anew that it had sent before, and differently.
        if (choice.isLive() && moved) return null;
        if (version == now.version()) return "it has other parameters than version " + version + " which serves";
        if (choice.isAlias() && target.revision() < revision) {
            return "revision " + target.revision() + " of the aliases is older than " + revision + ", by which version "
                    + now.version() + " serves";
        }
        if (version < now.version() && !moved) return "it is older than version " + now.version() + " which serves";
        return null;
    }

    private void swap(@Nullable ServedModel before, ServedModel next) {
        try {
            next.warmUp(before);
        } catch (RuntimeException | OutOfMemoryError e) {
            next.close();
            throw e;
        }
        current = next;
        if (before != null) before.close();
        refusals.clear();
        log(next);
        tell(l -> l.loaded(next));
    }

    /** Live parameters come several times a second. */
    private void log(ServedModel next) {
        String model = next.manifest().model();
        if (choice.isLive())
            LOG.debug("Version {} of model {} serves live, from {}", next.version(), model, source.place());
        else LOG.info("Version {} of model {} serves, from {}", next.version(), model, source.place());
    }

    /** A version at another revision is another matter: to refuse the one must not delay the other. */
    private static String subjectOf(VersionTarget target) {
        return target.manifest().version() + "@" + target.revision();
    }

    private void refuse(String subject, String reason) {
        if (!refusals.add(subject, reason)) return;
        String version = subject.split("@", 2)[0];
        LOG.warn("Version {} from {} does not serve: {}", version, source.place(), reason);
        tell(l -> l.refused(version, reason));
    }

    private void unreachable(IOException reason) {
        if (unreachable) return;
        unreachable = true;
        LOG.warn("Cannot ask {}: {}", source.place(), reason.toString());
        tell(l -> l.unreachable(reason));
    }

    private void checkFreshness() {
        SnapshotManifest manifest = manifest();
        boolean within = freshness.isWithinLimit(manifest);
        if (!within && !stale) {
            Duration age = freshness.age(manifest);
            tell(l -> l.stale(age));
        }
        stale = !within;
    }

    private void tell(Consumer<SnapshotListener> news) {
        try {
            news.accept(listener);
        } catch (RuntimeException e) {
            LOG.warn("The listener of {} failed", source.place(), e);
        }
    }

    /** The model goes on serving those who have it, for a price: see {@link ServedModel}. */
    void close() {
        try {
            source.close();
        } finally {
            ServedModel model = current;
            if (model != null) model.close();
        }
    }
}
