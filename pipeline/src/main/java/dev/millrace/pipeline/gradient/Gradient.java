package dev.millrace.pipeline.gradient;

import dev.millrace.model.metric.Outcomes;
import dev.millrace.pipeline.minibatch.SplitProgress;
import dev.millrace.pipeline.serializer.FloatArrays;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * What a worker tells the parameter server: a block of a gradient sum, or that it has nothing to contribute. The last
 * block of a gradient carries the {@link Summary}; until then it counts as no contribution.
 */
public final class Gradient {

    /** No table. */
    public static final int DENSE = -1;

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

    /** Which table the block belongs to; {@link #DENSE} for what lies before the tables. */
    public int table = DENSE;

    /**
     * Where the block begins in the flat vector, if it is dense. Of two models the second's vector lies behind the first's,
     * and so do its tables.
     */
    public int offset;

    public int length;

    /** sum_i weight_i * d loss_i / d parameters. */
    public float[] values = new float[0];

    /** Where the block begins in {@link #values}: the value of a dense one, the row of one of a table. */
    public int from;

    /** Which rows of the table, beginning at {@link #from}, {@link #rowCount} of them. */
    public int[] rows = new int[0];

    public int rowCount;

    /** On the last block of a gradient. */
    public @Nullable Summary summary;

    /** Makes this a copy of another message, in arrays of its own that begin with the block. */
    public void set(Gradient other) {
        kind = other.kind;
        worker = other.worker;
        workers = other.workers;
        incarnation = other.incarnation;
        version = other.version;
        step = other.step;
        table = other.table;
        offset = other.offset;
        length = other.length;
        from = 0;
        rowCount = other.rowCount;
        summary = other.summary;
        boolean dense = table == DENSE;
        int width = dense ? 1 : length / rowCount;
        if (values.length < length) values = new float[length];
        System.arraycopy(other.values, other.from * width, values, 0, length);
        if (dense) return;
        if (rows.length < rowCount) rows = new int[rowCount];
        System.arraycopy(other.rows, other.from, rows, 0, rowCount);
    }

    /**
     * The sums of one mini-batch beside its gradient.
     *
     * @param samples number of samples
     * @param outcomes weight, loss and what the prequential metrics need
     * @param progress where the samples came from
     * @param minEventTime oldest sample, milliseconds since the epoch
     * @param maxEventTime newest sample, milliseconds since the epoch
     * @param computeNanos time the worker spent on it
     * @param signals what the batch-size policy goes by
     * @param engine what computed it
     * @param second what the challenger's configuration makes of the same samples; null without one
     */
    public record Summary(
            int samples,
            Outcomes outcomes,
            SplitProgress progress,
            long minEventTime,
            long maxEventTime,
            long computeNanos,
            Signals signals,
            EngineUsed engine,
            @Nullable Second second) {

        /** Of one model alone. */
        public Summary(
                int samples,
                Outcomes outcomes,
                SplitProgress progress,
                long minEventTime,
                long maxEventTime,
                long computeNanos,
                Signals signals,
                EngineUsed engine) {
            this(samples, outcomes, progress, minEventTime, maxEventTime, computeNanos, signals, engine, null);
        }
    }

    /**
     * What a second model makes of the samples of a mini-batch: weight and samples are those of the first.
     *
     * @param outcomes loss and what the prequential metrics need
     * @param squaredNormSum as in {@link Signals}
     * @param pieceLosses as in {@link Signals}
     * @param engine what computed it
     */
    public record Second(Outcomes outcomes, double squaredNormSum, float[] pieceLosses, EngineUsed engine) {
        void write(DataOutputView out) throws IOException {
            outcomes.write(out);
            out.writeDouble(squaredNormSum);
            FloatArrays.write(pieceLosses, out);
            engine.write(out);
        }

        static Second read(DataInputView in) throws IOException {
            return new Second(Outcomes.read(in), in.readDouble(), FloatArrays.read(in), EngineUsed.read(in));
        }

        /** The same, as signals: how long was waited does not depend on the model. */
        public Signals signals(Signals first) {
            return new Signals(squaredNormSum, pieceLosses, first.waitNanos(), first.pendingRecords());
        }
    }

    /**
     * What the batch-size policy goes by.
     *
     * @param squaredNormSum sum_i |weight_i * d loss_i / d parameters|^2; NaN if the policy does not ask for it
     * @param pieceLosses mean losses of each 32 samples, in their order
     * @param waitNanos how long the worker had the parameters but no mini-batch
     * @param pendingRecords records that wait in the partitions of this worker; -1 while unknown
     */
    public record Signals(double squaredNormSum, float[] pieceLosses, long waitNanos, long pendingRecords) {
        void write(DataOutputView out) throws IOException {
            out.writeDouble(squaredNormSum);
            FloatArrays.write(pieceLosses, out);
            out.writeLong(waitNanos);
            out.writeLong(pendingRecords);
        }

        static Signals read(DataInputView in) throws IOException {
            return new Signals(in.readDouble(), FloatArrays.read(in), in.readLong(), in.readLong());
        }
    }
}
