package dev.millrace.pipeline.counting;

import dev.millrace.model.engine.EngineFactory;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.table.Table;
import dev.millrace.model.table.TouchedRows;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * Its gradient counts samples; it takes a while over each batch and fails where the faults say so. Where the counts are rows of a
 * table, a sample of round n must find its row at n: all that was counted before has come back.
 */
final class CountingEngine implements GradientEngine {
    private final Faults faults;
    private final long nanosPerBatch;
    private final boolean alone;
    private final double loss; // of each sample
    private final TouchedRows[] rows;
    private final float[] known; // [rows of the table]

    private CountingEngine(ModelSpec spec, Faults faults, long nanosPerBatch, boolean alone) {
        this.faults = faults;
        this.nanosPerBatch = nanosPerBatch;
        this.rows = Table.touched(spec.layout().tables());
        this.known = new float[rows.length == 0 ? 0 : rows[0].rows()];
        this.alone = alone;
        this.loss = spec.name().equals(CountingModel.NAME) ? 1 : 0.5;
    }

    /**
     * Makes counting engines that take {@code nanosPerBatch} over each batch.
     *
     * @param alone whether one synchronous worker does it all
     */
    record Factory(Faults faults, long nanosPerBatch, boolean alone) implements EngineFactory {
        @Override
        public GradientEngine create(ModelSpec spec) {
            boolean first = spec.name().equals(CountingModel.NAME);
            // Of two models on the same samples the first fails and takes its time; the second is the better one.
            return new CountingEngine(spec, first ? faults : Faults.none(), first ? nanosPerBatch : 0, alone);
        }
    }

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public void upload(int offset, float[] block, int length) {}

    @Override
    public void uploadRows(int table, int[] ids, float[] values, int count) {
        for (int i = 0; i < count; i++) known[ids[i]] = values[i];
    }

    @Override
    public void lossAndGradient(SampleBatch batch, int microBatch, GradientSum into) {
        faults.hit(Faults.Point.WORKER);
        Arrays.fill(into.gradient, 0);
        into.samples = batch.rows();
        into.weight = batch.rows();
        into.lossSum = batch.rows() * loss;
        into.lossSquaredSum = batch.rows() * loss * loss;
        if (into.predictions.length < batch.rows()) into.predictions = new float[batch.rows()];
        into.rows = rows;
        if (rows.length == 0) {
            for (int i = 0; i < batch.rows(); i++) into.gradient[(int) batch.features()[i]] -= 1;
        } else {
            countRows(batch);
        }
        if (nanosPerBatch > 0) LockSupport.parkNanos(nanosPerBatch);
        faults.trained(batch.rows());
    }

    private void countRows(SampleBatch batch) {
        rows[0].clear();
        for (int i = 0; i < batch.rows(); i++) {
            int id = (int) batch.features()[2 * i];
            float round = batch.features()[2 * i + 1];
            if (alone && known[id] != round) {
                throw new SuppressRestartsException(new AssertionError(
                        "row " + id + " must be at " + round + " before it is counted again. Received: " + known[id]));
            }
            int place = rows[0].place(id); // before the values are asked for: it may grow them
            rows[0].values()[place] -= 1;
        }
    }

    @Override
    public void predict(SampleBatch batch, int microBatch, float[] predictions) {
        Arrays.fill(predictions, 0);
    }

    @Override
    public void close() {}
}
