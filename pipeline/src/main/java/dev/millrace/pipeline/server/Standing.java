package dev.millrace.pipeline.server;

import dev.millrace.model.gate.Champion;
import dev.millrace.model.gate.Evaluation;
import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.model.snapshot.Aliases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which versions were published and which of them is the champion. It is part of the server's state, so that it is right
 * after a failure, and leaves with the next snapshot, so that readers see it when they may.
 *
 * @param revision rises with every change of an alias or of the pin
 * @param pinned whether the gate must not move the champion
 * @param champion null before the first
 * @param previous the champion before; null for none
 * @param candidate the newest version; null before the first
 * @param bar what candidates are held against; null if nothing is known
 * @param barTime when it was set, milliseconds since the epoch
 * @param versions published and retained, oldest first
 * @param manifest of the newest version, as JSON; empty before the first
 * @param changes that left with no snapshot yet
 */
record Standing(
        long revision,
        boolean pinned,
        @Nullable Long champion,
        @Nullable Long previous,
        @Nullable Long candidate,
        @Nullable Evaluation bar,
        long barTime,
        List<Published> versions,
        String manifest,
        List<AliasChange> changes) {
    private static final Logger LOG = LoggerFactory.getLogger(Standing.class);

    /** Nothing was published. */
    static final Standing NONE = new Standing(0, false, null, null, null, null, 0, List.of(), "", List.of());

    /** A version and what was measured of it. */
    record Published(long version, Evaluation evaluation) {}

    Standing {
        versions = List.copyOf(versions);
        changes = List.copyOf(changes);
    }

    Aliases aliases(String model) {
        return new Aliases(model, revision, pinned, champion, candidate, previous);
    }

    /** Null if the version is not known. */
    @Nullable
    Evaluation evaluation(long version) {
        for (Published each : versions) if (each.version() == version) return each.evaluation();
        return null;
    }

    boolean knows(long version) {
        return evaluation(version) != null;
    }

    /** What a candidate is compared with; null before the first champion. */
    @Nullable
    Champion toBeat(long now) {
        return champion == null ? null : new Champion(champion, evaluation(champion), bar, now - barTime);
    }

    /**
     * A version is published, and is the candidate.
     *
     * @param kept how many of the newest versions are retained, beside the champion and the one before it
     */
    Standing published(long version, Evaluation evaluation, String newest, int kept) {
        List<Published> next = new ArrayList<>(versions);
        next.add(new Published(version, evaluation));
        Standing all =
                new Standing(revision + 1, pinned, champion, previous, version, bar, barTime, next, newest, changes);
        return all.retaining(kept);
    }

    /** Forgets versions that readers no longer find. */
    Standing retaining(int kept) {
        List<Published> next = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            Published each = versions.get(i);
            boolean named = Objects.equals(each.version(), champion) || Objects.equals(each.version(), previous);
            if (named || i >= versions.size() - kept) next.add(each);
        }
        return new Standing(revision, pinned, champion, previous, candidate, bar, barTime, next, manifest, changes);
    }

    /** The champion is moved; what was measured of it may become the bar. */
    Standing withChampion(long version, @Nullable Long before, boolean setsBar, long now) {
        return new Standing(
                revision,
                pinned,
                version,
                before,
                candidate,
                setsBar ? evaluation(version) : bar,
                setsBar ? now : barTime,
                versions,
                manifest,
                changes);
    }

    Standing withPinned(boolean stays) {
        return new Standing(revision, stays, champion, previous, candidate, bar, barTime, versions, manifest, changes);
    }

    Standing withRevision(long next) {
        return new Standing(next, pinned, champion, previous, candidate, bar, barTime, versions, manifest, changes);
    }

    /** @param evaluations of all versions, by version */
    Standing withVersions(Map<Long, Evaluation> evaluations) {
        List<Published> next = new ArrayList<>();
        evaluations.forEach((version, evaluation) -> next.add(new Published(version, evaluation)));
        return new Standing(revision, pinned, champion, previous, candidate, bar, barTime, next, manifest, changes);
    }

    /** As aliases that were published say. */
    Standing withAliases(Aliases aliases) {
        return new Standing(
                aliases.revision(),
                aliases.pinned(),
                aliases.champion(),
                aliases.previous(),
                aliases.candidate(),
                bar,
                barTime,
                versions,
                manifest,
                changes);
    }

    /**
     * Takes over aliases that were published without this job, if their revision is higher.
     *
     * @param where they were found
     * @param now milliseconds since the epoch
     */
    Standing adopting(Aliases aliases, String where, long now) {
        if (aliases.revision() <= revision) return this;
        LOG.warn(
                "{}: {} has revision {} of the aliases, this job {}: it adopts them",
                aliases.model(),
                where,
                aliases.revision(),
                revision);
        Long moved = aliases.champion();
        Standing next = moved == null ? this : withChampion(moved, aliases.previous(), true, now);
        long above = aliases.revision() + 1;
        AliasChange change = new AliasChange(
                above,
                now,
                AliasChange.Kind.ADOPT,
                champion,
                next.champion,
                aliases.pinned(),
                "job",
                "",
                "revision " + aliases.revision() + " was published without this job, which had " + revision);
        return next.withPinned(aliases.pinned()).withRevision(above).withChange(change);
    }

    /** Notes a change for the audit. */
    Standing withChange(AliasChange change) {
        List<AliasChange> next = new ArrayList<>(changes);
        next.add(change);
        return new Standing(revision, pinned, champion, previous, candidate, bar, barTime, versions, manifest, next);
    }

    /** The changes have left. */
    Standing handedOut() {
        return new Standing(
                revision, pinned, champion, previous, candidate, bar, barTime, versions, manifest, List.of());
    }
}
