package dev.millrace.pipeline.server;

import dev.millrace.model.gate.Decision;
import dev.millrace.model.gate.Evaluation;
import dev.millrace.model.gate.PublishGate;
import dev.millrace.model.gate.Reason;
import dev.millrace.model.gate.Thresholds;
import dev.millrace.model.snapshot.AliasChange;
import dev.millrace.pipeline.control.Action;
import dev.millrace.pipeline.control.Command;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who becomes champion: by the gate when a version is published, or by a person. Pure. */
final class Promotions {
    private static final int MOST_LISTED = 20;
    private static final int LONGEST_WHO = 100;
    private static final int LONGEST_WHY = 500;

    private final PublishGate gate;
    private final int retained;

    Promotions(PublicationSettings settings) {
        Thresholds thresholds = settings.gate();
        this.gate = thresholds.gate();
        this.retained = settings.retainedVersions();
    }

    /** Decides on the version that is about to be published. */
    Decision decide(Standing standing, Evaluation evaluation, long now) {
        if (standing.pinned()) {
            return new Decision(Reason.PINNED, "the champion is pinned to version " + standing.champion());
        }
        return gate.decide(evaluation, standing.toBeat(now));
    }

    /** What a published version makes of the standing. */
    Standing published(
            Standing standing, long version, Evaluation evaluation, String manifest, Decision decision, long now) {
        Standing next = standing.published(version, evaluation, manifest, retained);
        if (!decision.promotes()) return next;
        AliasChange change = new AliasChange(
                next.revision(),
                now,
                AliasChange.Kind.PROMOTE,
                standing.champion(),
                version,
                false,
                AliasChange.GATE,
                "",
                decision.text());
        return next.withChampion(version, standing.champion(), decision.setsBar(), now)
                .withChange(change)
                .retaining(retained);
    }

    /**
     * What a person's command makes of the standing; the same if it is so already, or if the command moves no champion.
     *
     * @throws Refusal saying why it must not be
     */
    Standing apply(Standing standing, Command command, Action action, long now) throws Refusal {
        return switch (action) {
            case PROMOTE ->
                moved(standing, command, AliasChange.Kind.PROMOTE, promoted(standing, command.version()), now);
            case ROLLBACK -> moved(standing, command, AliasChange.Kind.ROLLBACK, previous(standing), now);
            case PIN_CHAMPION -> pinned(standing, command, true, now);
            case UNPIN_CHAMPION -> pinned(standing, command, false, now);
            default -> standing;
        };
    }

    private static long promoted(Standing standing, @Nullable Long version) throws Refusal {
        if (version != null && standing.knows(version)) return version;
        throw new Refusal(
                "version must be " + choices(standing) + ". Received: " + (version == null ? "nothing" : version));
    }

    private static long previous(Standing standing) throws Refusal {
        Long previous = standing.previous();
        if (previous != null) return previous;
        throw new Refusal(
                "there is no champion before " + (standing.champion() == null ? "the first" : standing.champion())
                        + "; promote a version by its number, which must be " + choices(standing));
    }

    private static String choices(Standing standing) {
        int count = standing.versions().size();
        if (count == 0) return "one that this job has published, and there is none yet";
        String numbers = standing.versions().stream()
                .skip(Math.max(0, count - MOST_LISTED))
                .map(published -> Long.toString(published.version()))
                .collect(Collectors.joining(", "));
        return "one that is retained: " + (count > MOST_LISTED ? "..., " : "") + numbers;
    }

    private Standing moved(Standing standing, Command command, AliasChange.Kind kind, long version, long now)
            throws Refusal {
        if (standing.pinned() && !command.pin()) {
            throw new Refusal("the champion is pinned to version " + standing.champion()
                    + ": unpin it first, or say --pin to move it and keep it pinned there");
        }
        Long champion = standing.champion();
        if (champion != null && champion == version) return pinned(standing, command, command.pin(), now);
        // After a rollback there is nothing to go back to: two people who both roll back do not undo each other.
        Long before = kind == AliasChange.Kind.ROLLBACK ? null : champion;
        Standing next = standing.withChampion(version, before, true, now).withPinned(command.pin());
        return audited(standing, next, kind, command, now).retaining(retained);
    }

    private static Standing pinned(Standing standing, Command command, boolean pin, long now) throws Refusal {
        if (pin && standing.champion() == null) throw new Refusal("there is no champion yet to pin");
        if (standing.pinned() == pin) return standing;
        AliasChange.Kind kind = pin ? AliasChange.Kind.PIN : AliasChange.Kind.UNPIN;
        return audited(standing, standing.withPinned(pin), kind, command, now);
    }

    /** The standing of a name after model and challenger have changed roles: its versions come from the other one now. */
    static Standing swapped(Standing standing, String who, String command, String reason, long now) {
        Standing next = standing.withRevision(standing.revision() + 1);
        return next.withChange(change(next, AliasChange.Kind.SWAP, standing.champion(), who, command, reason, now));
    }

    private static Standing audited(Standing before, Standing after, AliasChange.Kind kind, Command command, long now) {
        Standing next = after.withRevision(before.revision() + 1);
        return next.withChange(
                change(next, kind, before.champion(), command.user(), command.id(), command.reason(), now));
    }

    private static AliasChange change(
            Standing after,
            AliasChange.Kind kind,
            @Nullable Long before,
            String who,
            String command,
            String reason,
            long now) {
        return new AliasChange(
                after.revision(),
                now,
                kind,
                before,
                after.champion(),
                after.pinned(),
                who.isBlank() ? "unknown" : Echo.of(who, LONGEST_WHO),
                command,
                Echo.of(reason, LONGEST_WHY));
    }

    /** What is said of a command that was carried out. */
    static String said(Standing before, Standing after) {
        if (before.equals(after)) return position(after) + ", as it was";
        return position(after) + "; readers see it when the next checkpoint has completed";
    }

    /** Where the champion is. */
    static String position(Standing standing) {
        return "champion: version " + (standing.champion() == null ? "none" : standing.champion())
                + (standing.pinned() ? ", pinned" : "");
    }
}
