package dev.millrace.pipeline.server;

import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.model.table.TouchedRows;
import dev.millrace.pipeline.gradient.ParameterBlock;
import dev.millrace.pipeline.metrics.TaskScope;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The way back from the parameter server to the workers inside one JVM: Flink has no iterations. It keeps only the
 * latest parameters, so it never blocks and cannot deadlock. What was not taken before the next publication is brought up to
 * date with it, so that no changed row of a table is lost; what is being sent is never touched.
 */
final class ParameterChannel {
    private static final ConcurrentHashMap<TaskScope, ParameterChannel> CHANNELS = new ConcurrentHashMap<>();

    private final ArrayDeque<ParameterSet> free = new ArrayDeque<>();
    private @Nullable ParameterSet latest;
    private long takenVersion;
    private boolean ended;
    private CompletableFuture<Void> available = new CompletableFuture<>();

    /** The channel of a job: the same for server and feedback source, as they are co-located. */
    static ParameterChannel of(TaskScope scope) {
        return CHANNELS.computeIfAbsent(scope, key -> new ParameterChannel());
    }

    /** Forgets the channel, so that a mini cluster that outlives its jobs does not keep their parameters. */
    static void forget(TaskScope scope) {
        CHANNELS.remove(scope);
    }

    /** A set that the server fills with everything and publishes: what was left from before is worthless. */
    synchronized ParameterSet beginWhole(List<ParameterLayout> layouts) {
        free.clear();
        latest = null;
        return new ParameterSet(layouts);
    }

    /**
     * A set for the next publication. It holds the rows that changed since the last one taken; the server adds those that
     * changed now, and writes all dense blocks.
     */
    synchronized ParameterSet begin(List<ParameterLayout> layouts) {
        ParameterSet set = latest;
        latest = null;
        if (set != null) return set;
        set = free.poll();
        if (set == null) set = new ParameterSet(layouts);
        set.since = takenVersion;
        for (TouchedRows table : set.rows) table.clear();
        return set;
    }

    /** Makes a set the latest. */
    void publish(ParameterSet set) {
        CompletableFuture<Void> waiting;
        synchronized (this) {
            latest = set;
            waiting = available;
        }
        waiting.complete(null);
    }

    /** No more parameters will come. */
    void end() {
        CompletableFuture<Void> waiting;
        synchronized (this) {
            ended = true;
            waiting = available;
        }
        waiting.complete(null);
    }

    /** Begins a new life of the feedback source: what an earlier life left may be sent, the end must not. */
    synchronized void open() {
        ended = false;
    }

    /** Takes the latest set; null if there is none. */
    synchronized @Nullable ParameterSet take() {
        ParameterSet taken = latest;
        latest = null;
        if (taken != null) takenVersion = taken.version();
        if (taken == null && !ended && available.isDone()) available = new CompletableFuture<>();
        return taken;
    }

    /** Gives back a set that was sent; one with all rows of its tables is not worth its memory. */
    synchronized void giveBack(ParameterSet set) {
        if (set.since != ParameterBlock.WHOLE || set.rows.length == 0) free.add(set);
    }

    /** Whether the end was reached and everything before it taken. */
    synchronized boolean isEnded() {
        return ended && latest == null;
    }

    /** Completes when there is something to take, or the end. */
    synchronized CompletableFuture<Void> available() {
        return available;
    }
}
