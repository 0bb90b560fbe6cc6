package dev.millrace.pipeline.server;

import dev.millrace.pipeline.config.BatchPolicy;
import dev.millrace.pipeline.control.Action;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.control.Outcome;
import org.jspecify.annotations.Nullable;

/** Judges commands: what they change, or why they are refused. Pure; who asks carries the changes out. */
final class Commands {
    private static final int LARGEST_BATCH = 1 << 20; // as batch.max
    private static final int LONGEST_ID = 200;
    private static final int LONGEST_ECHO = 80;

    /**
     * What a command makes of overrides and standing, the same if nothing, and what is said of it.
     *
     * @param swaps whether model and challenger are to change roles
     */
    record Judged(Overrides overrides, Standing standing, boolean swaps, Outcome outcome) {}

    private final BatchSettings batch;
    private final boolean sumReduction;
    private final Promotions promotions;

    Commands(ServerSettings settings) {
        this.batch = settings.batch();
        this.sumReduction = settings.sumReduction();
        this.promotions = new Promotions(settings.publication());
    }

    /**
     * Judges a command.
     *
     * @param now what earlier commands have changed
     * @param challenge null without a challenger
     * @param time milliseconds since the epoch, for the audit
     */
    Judged judge(Overrides now, Standing standing, @Nullable Challenge challenge, Command command, long time) {
        Action action = command.action();
        if (action == null) return refused(now, standing, "", "a record of the control topic", command.problem());
        if (command.id().isBlank() || command.id().length() > LONGEST_ID) {
            String limit = "id must have 1.." + LONGEST_ID + " characters. Received: "
                    + command.id().length();
            return refused(now, standing, Echo.shorten(command.id(), LONGEST_ID), action.text(), limit);
        }
        if (now.ids().contains(command.id())) {
            Outcome repeat = Outcome.accepted(command.id(), action.text() + ": carried out before; not repeated");
            return new Judged(now, standing, false, repeat);
        }
        try {
            boolean swaps = action == Action.PROMOTE_CHALLENGER;
            if (swaps) requireSound(challenge);
            Overrides next = apply(now, command, action);
            Standing moved = promotions.apply(standing, command, action, time);
            Outcome outcome = Outcome.accepted(command.id(), said(next, standing, moved, action));
            return new Judged(next.withId(command.id()), moved, swaps, outcome);
        } catch (Refusal e) {
            return refused(now, standing, command.id(), action.text(), String.valueOf(e.getMessage()));
        }
    }

    private static Judged refused(Overrides now, Standing standing, String id, String what, String reason) {
        return new Judged(now, standing, false, Outcome.refused(id, what, reason));
    }

    private static void requireSound(@Nullable Challenge challenge) throws Refusal {
        if (challenge == null) {
            throw new Refusal("the configuration has no challenger section, so there is none to promote");
        }
        int refused = challenge.state.refusedInARow;
        if (refused > 0) {
            throw new Refusal("the challenger's last step must have been finite. Refused in a row: " + refused);
        }
        if (challenge.state.totalSamples == 0) throw new Refusal("the challenger has learnt from no sample yet");
    }

    private Overrides apply(Overrides now, Command command, Action action) throws Refusal {
        return switch (action) {
            case PIN_BATCH_SIZE -> now.withPinnedSize(size(now, command.size()));
            case RELEASE_BATCH_SIZE -> now.withPinnedSize(null);
            case SET_BATCH_BOUNDS -> bounds(now, command.min(), command.max());
            case SET_BATCH_POLICY -> now.withPolicy(policy(command.policy()));
            case SET_LEARNING_RATE -> now.withLearningRate(learningRate(command.learningRate()));
            case RELEASE_LEARNING_RATE -> now.withLearningRate(null);
            case PAUSE -> now.withPaused(true);
            case RESUME -> now.withPaused(false);
            case PUBLISH -> now.withPublishNow(true);
            case PROMOTE, ROLLBACK, PIN_CHAMPION, UNPIN_CHAMPION, PROMOTE_CHALLENGER -> now;
        };
    }

    private int size(Overrides now, @Nullable Integer size) throws Refusal {
        int max = max(now);
        if (size == null || size < 1 || size > max) {
            String origin = now.max() == null ? "batch.max" : "set by a command";
            throw new Refusal("size must be in 1.." + max + " (" + origin + "). Received: " + echo(size));
        }
        return size;
    }

    private int min(Overrides now) {
        Integer min = now.min();
        return min == null ? batch.min() : min;
    }

    private int max(Overrides now) {
        Integer max = now.max();
        return max == null ? batch.max() : max;
    }

    /** A bound that the command leaves out stays; without any, both are the configuration's again. */
    private Overrides bounds(Overrides now, @Nullable Integer min, @Nullable Integer max) throws Refusal {
        if (min == null && max == null) return now.withBounds(null, null);
        int smallest = inRange("min", min == null ? min(now) : min);
        int largest = inRange("max", max == null ? max(now) : max);
        if (smallest > largest) {
            throw new Refusal("min must be <= max (" + largest + "). Received: " + smallest);
        }
        Integer pinned = now.pinnedSize();
        if (pinned != null && pinned > largest) {
            throw new Refusal("max must be >= the pinned size (" + pinned + "), or release that. Received: " + largest);
        }
        return now.withBounds(smallest, largest);
    }

    private static int inRange(String name, int bound) throws Refusal {
        if (bound >= 1 && bound <= LARGEST_BATCH) return bound;
        throw new Refusal(name + " must be in 1.." + LARGEST_BATCH + ". Received: " + bound);
    }

    private @Nullable String policy(@Nullable String name) throws Refusal {
        if (name == null) return null;
        BatchPolicy policy = BatchPolicy.named(name);
        if (policy == null)
            throw new Refusal("policy must be one of " + BatchPolicy.names() + ". Received: " + echo(name));
        String problem = unusable(policy);
        if (problem != null) throw new Refusal(problem);
        return policy.word();
    }

    private @Nullable String unusable(BatchPolicy policy) {
        if (!policy.needsNorms()) return null;
        if (sumReduction) {
            return "policy " + policy.word() + " goes by gradients and needs training.reduction: mean. In effect: sum";
        }
        if (!batch.withNorms()) {
            return "policy " + policy.word()
                    + " goes by the norms of the samples' own gradients, and this job was begun"
                    + " without. Set batch.policy: " + policy.word()
                    + " or control.topic, and start it from a savepoint";
        }
        return null;
    }

    private static double learningRate(@Nullable Double rate) throws Refusal {
        if (rate != null && rate > 0 && Double.isFinite(rate)) return rate;
        throw new Refusal("learning rate must be > 0 and finite. Received: " + echo(rate));
    }

    private String said(Overrides next, Standing before, Standing after, Action action) {
        return switch (action) {
            case PIN_BATCH_SIZE -> "batch size pinned to " + next.pinnedSize();
            case RELEASE_BATCH_SIZE -> "batch size released to policy " + named(next.policy());
            case SET_BATCH_BOUNDS ->
                "batch size bound to " + min(next) + ".." + max(next) + (next.min() == null ? ", as configured" : "");
            case SET_BATCH_POLICY ->
                "policy of the batch size: " + named(next.policy())
                        + (next.pinnedSize() == null ? "" : ", once the pinned size is released");
            case SET_LEARNING_RATE -> "learning rate set to " + next.learningRate();
            case RELEASE_LEARNING_RATE -> "learning rate released to its schedule";
            case PAUSE -> "paused: workers rest, checkpoints go on";
            case RESUME -> "resumed";
            case PUBLISH -> "the next checkpoint publishes";
            case PROMOTE, ROLLBACK, PIN_CHAMPION, UNPIN_CHAMPION -> Promotions.said(before, after);
            case PROMOTE_CHALLENGER ->
                "model and challenger have changed roles; the gate decides on the next version as on any";
        };
    }

    private static String named(@Nullable String policy) {
        return policy == null ? "as configured" : policy;
    }

    /** What of restored overrides the configuration of now still allows. */
    Overrides allowed(Overrides restored) {
        String name = restored.policy();
        if (name == null) return restored;
        BatchPolicy policy = BatchPolicy.named(name);
        return policy == null || unusable(policy) != null ? restored.withPolicy(null) : restored;
    }

    private static String echo(@Nullable Object received) {
        return received == null ? "nothing" : Echo.of(received.toString(), LONGEST_ECHO);
    }
}
