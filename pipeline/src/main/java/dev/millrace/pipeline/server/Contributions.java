package dev.millrace.pipeline.server;

import java.util.Arrays;

/** Who has contributed to which step in this incarnation of the server; decides when a step may close. */
final class Contributions {
    private static final long NONE = Long.MIN_VALUE;

    private long[] steps = new long[0]; // the highest step each worker contributed to
    private boolean[] idle = new boolean[0];
    private boolean[] ended = new boolean[0];

    /** The workers' number travels in each message: it changes when the job is rescaled. */
    private void size(int workers) {
        if (steps.length == workers) return;
        steps = new long[workers];
        Arrays.fill(steps, NONE);
        idle = new boolean[workers];
        ended = new boolean[workers];
    }

    void contributed(int worker, int workers, long step) {
        size(workers);
        steps[worker] = Math.max(steps[worker], step);
        idle[worker] = false;
    }

    /** Sticky until the worker's next contribution. */
    void idle(int worker, int workers) {
        size(workers);
        idle[worker] = true;
    }

    void ended(int worker, int workers) {
        size(workers);
        ended[worker] = true;
    }

    /** Whether no worker that could still contribute to {@code step} is missing. */
    boolean complete(long step) {
        for (int w = 0; w < steps.length; w++) {
            if (steps[w] < step && !idle[w] && !ended[w]) return false;
        }
        return true;
    }

    /** Whether every worker has ended; false while none was heard of. */
    boolean allEnded() {
        for (boolean e : ended) {
            if (!e) return false;
        }
        return ended.length > 0;
    }
}
