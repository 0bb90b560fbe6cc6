package dev.millrace.pipeline.serve;

import dev.millrace.model.client.SnapshotSource;
import dev.millrace.model.client.VersionChoice;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The versions that predict: the one that was chosen at the start, and those of aliases that somebody asked for since, which
 * take memory of their own.
 */
final class Models implements AutoCloseable {
    /** How long the first request for an alias waits until its version is loaded. */
    private static final Duration FIRST_LOAD = Duration.ofSeconds(5);

    private final Supplier<SnapshotSource> sources;
    private final Following following;
    private final ServingMetrics metrics;
    private final ConcurrentHashMap<String, ModelSlot> slots = new ConcurrentHashMap<>();
    private final ModelSlot chosen;

    Models(Supplier<SnapshotSource> sources, Following following, ServingMetrics metrics) {
        this.sources = sources;
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
     * @param alias newest, champion or candidate; null for what was chosen at the start
     * @throws ProblemException if it is none of these
     */
    ModelSlot slot(@Nullable String alias) {
        if (alias == null) return chosen;
        if (!alias.equals(VersionChoice.NEWEST.word()) && !VersionChoice.ALIASES.contains(alias)) {
            throw ProblemException.badRequest("alias must be " + VersionChoice.NEWEST + " or one of "
                    + VersionChoice.ALIASES + ". Received: " + alias);
        }
        return slot(alias, true);
    }

    private ModelSlot slot(String choice, boolean await) {
        ModelSlot known = slots.get(choice);
        if (known != null) return known;
        ModelSlot slot = slots.computeIfAbsent(choice, made -> new ModelSlot(made, sources.get(), following, metrics));
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
