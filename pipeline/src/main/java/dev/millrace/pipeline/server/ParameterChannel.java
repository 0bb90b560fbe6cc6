package dev.millrace.pipeline.server;

import dev.millrace.pipeline.gradient.ParameterBlock;
import dev.millrace.pipeline.metrics.TaskScope;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The way back from the parameter server to the workers inside one JVM: Flink has no iterations. It keeps only the
 * latest parameters, so it never blocks and cannot deadlock. What was not taken before the next publication is replaced
 * and its buffers are used again; what is being sent is never touched.
 */
final class ParameterChannel {
    private static final ConcurrentHashMap<TaskScope, ParameterChannel> CHANNELS = new ConcurrentHashMap<>();

    private final ArrayDeque<ParameterBlock[]> free = new ArrayDeque<>();
    private ParameterBlock @Nullable [] latest;
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

    /** Buffers for the next publication; all parameters must be written. */
    synchronized ParameterBlock[] buffers(int parameters) {
        ParameterBlock[] buffers = free.poll();
        return buffers != null ? buffers : allocate(parameters);
    }

    private static ParameterBlock[] allocate(int parameters) {
        ParameterBlock[] blocks = new ParameterBlock[ParameterBlock.blocksOf(parameters)];
        for (int i = 0; i < blocks.length; i++) {
            ParameterBlock block = new ParameterBlock();
            block.block = i;
            block.blocks = blocks.length;
            block.offset = i * ParameterBlock.MAX_FLOATS;
            block.length = ParameterBlock.lengthOf(i, parameters);
            block.values = new float[block.length];
            blocks[i] = block;
        }
        return blocks;
    }

    /** Makes the blocks the latest. */
    void publish(ParameterBlock[] blocks) {
        CompletableFuture<Void> waiting;
        synchronized (this) {
            if (latest != null) free.add(latest);
            latest = blocks;
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

    /** Takes the latest blocks; null if there are none. */
    synchronized ParameterBlock @Nullable [] take() {
        ParameterBlock[] taken = latest;
        latest = null;
        if (taken == null && !ended && available.isDone()) available = new CompletableFuture<>();
        return taken;
    }

    /** Gives back blocks that were sent. */
    synchronized void giveBack(ParameterBlock[] blocks) {
        free.add(blocks);
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
