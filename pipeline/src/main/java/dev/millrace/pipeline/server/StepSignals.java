package dev.millrace.pipeline.server;

import dev.millrace.pipeline.gradient.Gradient;
import dev.millrace.pipeline.serializer.FloatArrays;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What the batch-size policy and the drift detector go by, added up over the gradients of one step. */
final class StepSignals {
    /** sum_i |weight_i * d loss_i / d parameters|^2; NaN if a worker did not tell. */
    double squaredNormSum;

    /** Mean losses of each 32 samples, in the order of arrival. */
    float[] pieceLosses = new float[0];

    int pieceCount;

    /** The shortest wait for samples of any worker: so much of the step was nobody's work. */
    long waitNanos = Long.MAX_VALUE;

    void add(Gradient.Signals signals) {
        squaredNormSum += signals.squaredNormSum();
        waitNanos = Math.min(waitNanos, signals.waitNanos());
        float[] losses = signals.pieceLosses();
        if (pieceLosses.length < pieceCount + losses.length) {
            pieceLosses = Arrays.copyOf(pieceLosses, pieceCount + losses.length);
        }
        System.arraycopy(losses, 0, pieceLosses, pieceCount, losses.length);
        pieceCount += losses.length;
    }

    void clear() {
        squaredNormSum = 0;
        pieceCount = 0;
        waitNanos = Long.MAX_VALUE;
    }

    void write(DataOutputView out) throws IOException {
        out.writeDouble(squaredNormSum);
        out.writeLong(waitNanos);
        FloatArrays.write(Arrays.copyOf(pieceLosses, pieceCount), out);
    }

    static StepSignals read(DataInputView in) throws IOException {
        StepSignals signals = new StepSignals();
        signals.squaredNormSum = in.readDouble();
        signals.waitNanos = in.readLong();
        signals.pieceLosses = FloatArrays.read(in);
        signals.pieceCount = signals.pieceLosses.length;
        return signals;
    }
}
