package dev.millrace.pipeline.gradient;

import dev.millrace.model.metric.Outcomes;
import dev.millrace.pipeline.minibatch.SplitProgress;
import org.jspecify.annotations.Nullable;

/**
 * What a worker tells the parameter server: a block of a gradient sum, or that it has nothing to contribute. The last
 * block of a gradient carries the {@link Summary}; until then it counts as no contribution.
 */
public final class Gradient {

    /** What the message is. */
    public enum Kind {
        /** A block of a gradient sum. */
        BLOCK(0),
        /** No mini-batch at hand: steps need not wait for this worker until its next gradient. */
        IDLE(1),
        /** No mini-batch will ever come. */
        ENDED(2);

        final int code;

        Kind(int code) {
            this.code = code;
        }

        static Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) return kind;
            }
            throw new IllegalArgumentException("kind must be 0..2. Received: " + code);
        }
    }

    public Kind kind = Kind.BLOCK;

    /** Which worker speaks, and of how many. */
    public int worker;

    public int workers;

    /** Which parameters the worker knows. */
    public long incarnation;

    public long version;

    /** The step that the worker contributes to, by its own clock. */
    public long step;

    /** Where the block begins in the flat vector. */
    public int offset;

    public int length;

    /** sum_i weight_i * d loss_i / d parameters, from {@link #from} on. */
    public float[] values = new float[0];

    /** Where the block begins in {@link #values}. */
    public int from;

    /** On the last block of a gradient. */
    public @Nullable Summary summary;

    /**
     * The sums of one mini-batch beside its gradient.
     *
     * @param samples number of samples
     * @param outcomes weight, loss and what the prequential metrics need
     * @param progress where the samples came from
     * @param minEventTime oldest sample, milliseconds since the epoch
     * @param maxEventTime newest sample, milliseconds since the epoch
     * @param computeNanos time the worker spent on it
     */
    public record Summary(
            int samples,
            Outcomes outcomes,
            SplitProgress progress,
            long minEventTime,
            long maxEventTime,
            long computeNanos) {}
}
