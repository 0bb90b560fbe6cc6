package dev.millrace.pipeline.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What commands have changed. It is part of the server's state, and wins over the configuration until released.
 *
 * @param pinnedSize size of every batch, samples; null: the policy decides
 * @param min smallest batch, samples; null, like {@code max}: as configured
 * @param max largest batch, samples
 * @param policy as {@code batch.policy}; null: as configured
 * @param learningRate of every step; null: the schedule's
 * @param paused whether workers rest
 * @param publishNow whether the next checkpoint publishes whatever the interval
 * @param ids of the last commands carried out, oldest first
 */
public record Overrides(
        @Nullable Integer pinnedSize,
        @Nullable Integer min,
        @Nullable Integer max,
        @Nullable String policy,
        @Nullable Double learningRate,
        boolean paused,
        boolean publishNow,
        List<String> ids) {
    /** Commands that are known by their ids. */
    static final int KNOWN_IDS = 64;

    /** No command has changed anything. */
    public static final Overrides NONE = new Overrides(null, null, null, null, null, false, false, List.of());

    public Overrides {
        ids = List.copyOf(ids);
    }

    Overrides withPinnedSize(@Nullable Integer size) {
        return new Overrides(size, min, max, policy, learningRate, paused, publishNow, ids);
    }

    Overrides withBounds(@Nullable Integer smallest, @Nullable Integer largest) {
        return new Overrides(pinnedSize, smallest, largest, policy, learningRate, paused, publishNow, ids);
    }

    Overrides withPolicy(@Nullable String name) {
        return new Overrides(pinnedSize, min, max, name, learningRate, paused, publishNow, ids);
    }

    Overrides withLearningRate(@Nullable Double rate) {
        return new Overrides(pinnedSize, min, max, policy, rate, paused, publishNow, ids);
    }

    Overrides withPaused(boolean rest) {
        return new Overrides(pinnedSize, min, max, policy, learningRate, rest, publishNow, ids);
    }

    Overrides withPublishNow(boolean now) {
        return new Overrides(pinnedSize, min, max, policy, learningRate, paused, now, ids);
    }

    /** Remembers a command; forgets the oldest where there are too many. */
    Overrides withId(String id) {
        List<String> next = new ArrayList<>(ids);
        next.add(id);
        if (next.size() > KNOWN_IDS) next.remove(0);
        return new Overrides(pinnedSize, min, max, policy, learningRate, paused, publishNow, next);
    }

    /** Whether both leave the decision on batch sizes to the same controller. */
    boolean sameController(Overrides other) {
        return Objects.equals(pinnedSize, other.pinnedSize)
                && Objects.equals(min, other.min)
                && Objects.equals(max, other.max)
                && Objects.equals(policy, other.policy);
    }
}
