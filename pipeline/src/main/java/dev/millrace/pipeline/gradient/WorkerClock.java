package dev.millrace.pipeline.gradient;

import java.util.Arrays;

/**
 * What a worker knows of the parameters and which step it contributes to next. It may compute while its parameters are
 * whole (all blocks at one version), the server has not said pause with them, and it is at most {@code staleness} steps
 * ahead of them.
 *
 * <p>A set that brings but the changed rows of tables counts only where the set before it is whole.
 *
 * <p>Versions only rise within an incarnation; a block that is older or already there changes nothing. With a new
 * incarnation everything begins anew: the channel may still have held a version higher than the restored one.
 */
final class WorkerClock {
    private final int staleness;
    private long[] versions = new long[0]; // of each block, at the present incarnation
    private boolean known;
    private long incarnation;
    private long version;
    private int missing;
    private long step;
    private boolean paused;

    WorkerClock(int staleness) {
        this.staleness = staleness;
    }

    /** Takes notice of a block; false if it is old news. */
    boolean accept(ParameterBlock block) {
        if (!known || block.incarnation != incarnation) {
            if (block.since != ParameterBlock.WHOLE) return false;
            begin(block);
        }
        if (block.version < version) return false;
        if (block.version > version) {
            if (block.since != ParameterBlock.WHOLE && (missing > 0 || block.since != version)) return false;
            version = block.version;
            missing = block.blocks;
        }
        if (versions.length < block.blocks) grow(block.blocks);
        if (versions[block.block] == block.version) return false;
        versions[block.block] = block.version;
        paused = block.paused;
        missing--;
        if (missing == 0) step = Math.max(step, version);
        return true;
    }

    private void grow(int blocks) {
        int before = versions.length;
        versions = Arrays.copyOf(versions, blocks);
        Arrays.fill(versions, before, blocks, Long.MIN_VALUE);
    }

    private void begin(ParameterBlock block) {
        known = true;
        incarnation = block.incarnation;
        versions = new long[block.blocks];
        Arrays.fill(versions, Long.MIN_VALUE);
        version = block.version;
        missing = block.blocks;
        step = version;
    }

    /** Whether a mini-batch may be computed now. */
    boolean mayCompute() {
        return known && missing == 0 && !paused && step - staleness <= version;
    }

    /** One mini-batch was contributed to {@link #step}. */
    void contributed() {
        step++;
    }

    boolean isPaused() {
        return paused;
    }

    boolean isKnown() {
        return known;
    }

    long incarnation() {
        return incarnation;
    }

    long version() {
        return version;
    }

    long step() {
        return step;
    }
}
