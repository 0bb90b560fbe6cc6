package dev.millrace.pipeline.serve;

import dev.millrace.model.client.VersionChoice;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The versions that predict: the one that was chosen at the start, and those of aliases that somebody asked for since, which
 * take memory of their own.
 */
final class Models implements AutoCloseable {
    /** How long the first request for an alias waits until its version is loaded. */
    private static final Duration FIRST_LOAD = Duration.ofSeconds(5);

    private final ModelPlace place;
    private final Following following;
    private final ServingMetrics metrics;
    private final ConcurrentHashMap<String, ModelSlot> slots = new ConcurrentHashMap<>();
    private final ModelSlot chosen;

    Models(ModelPlace place, Following following, ServingMetrics metrics) {
        this.place = place;
        this.following = following;
        this.metrics = metrics;
        this.chosen = slot(following.choice().word(), false);
        metrics.watch(slots::values);
    }

    /** What predicts unless a request names an alias. */
    ModelSlot chosen() {
        return chosen;
    }

    /**
     * What predicts for a request.
     *
     * @param alias newest, champion, candidate or live; null for what was chosen at the start
     * @throws ProblemException if it is none of these
     */
    ModelSlot slot(@Nullable String alias) {
        if (alias == null) return chosen;
        if (alias.equals(VersionChoice.LIVE.word())) {
            if (place.isLive()) return slot(alias, true);
            throw ProblemException.badRequest(
                    "alias must not be live: this server knows no topic of live parameters. Received: " + alias);
        }
        if (!alias.equals(VersionChoice.NEWEST.word()) && !VersionChoice.ALIASES.contains(alias)) {
            throw ProblemException.badRequest("alias must be " + VersionChoice.NEWEST + " or one of "
                    + VersionChoice.ALIASES + ". Received: " + alias);
        }
        return slot(alias, true);
    }

    private ModelSlot slot(String choice, boolean await) {
        ModelSlot known = slots.get(choice);
        if (known != null) return known;
        ModelSlot slot = slots.computeIfAbsent(
                choice, made -> new ModelSlot(made, place.source(new VersionChoice(made)), following, metrics));
        if (await) await(slot);
        return slot;
    }

    private static void await(ModelSlot slot) {
        try {
            ServingModel unused = slot.await(FIRST_LOAD);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Why the server should get no requests; null if it should. */
    @Nullable
    String unready() {
        return chosen.unready();
    }

    @Override
    public void close() {
        slots.values().forEach(ModelSlot::close);
    }
}
