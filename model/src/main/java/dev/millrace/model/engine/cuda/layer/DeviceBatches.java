package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Resources;
import dev.millrace.model.loss.LossSums;
import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.table.TouchedRows;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes mini-batches through a network, micro-batch by micro-batch: while one is computed the next one comes in and what is known
 * of the last one goes out.
 */
public final class DeviceBatches implements AutoCloseable {
    private static final int SLOTS = 2;

    private final Resources taken = new Resources();
    private final DeviceNetwork network;
    private final Loss loss;
    private final int outputs;
    private final Recordings recordings;
    private final Slot[] slots = new Slot[SLOTS];
    private final List<TableRows> tables = new ArrayList<>();
    private final LossSums sums = new LossSums();

    /**
     * Takes the memory, or nothing.
     *
     * @param rows of each of the model's tables, to be reused
     * @param most samples of a micro-batch
     * @throws dev.millrace.model.engine.cuda.device.DeviceMemoryException if there is not enough
     */
    public DeviceBatches(Device device, ModelSpec spec, DeviceParameters parameters, TouchedRows[] rows, int most) {
        this.loss = spec.loss();
        this.outputs = spec.outputs();
        int room = Rows.of(most);
        boolean whole = false;
        try {
            this.network = taken.keep(new DeviceNetwork(device, spec, parameters, room));
            this.recordings = taken.keep(new Recordings(device));
            for (int i = 0; i < SLOTS; i++) slots[i] = taken.keep(new Slot(device, spec, room));
            for (TableOnDevice table : network.tables()) {
                TouchedRows touched = rows[table.table];
                tables.add(taken.keep(new TableRows(device, table, touched, spec.inputs(), SLOTS, room)));
            }
            whole = true;
        } finally {
            if (!whole) taken.close();
        }
    }

    /** Samples that there is room for at once. */
    public int most() {
        return network.most();
    }

    /**
     * Sums up a mini-batch; the gradient of what is no table stays on the device.
     *
     * @param step samples at once, <= {@link #most}
     * @param rowsBefore samples that training brought before
     */
    public void learn(SampleBatch batch, int step, long rowsBefore, GradientSum into) {
        sums.reset();
        double norms = 0;
        for (TableRows table : tables) table.begin(batch.rows());
        int done = 0;
        int next = 0;
        for (int from = 0; from < batch.rows(); from += step, next++) {
            if (next - done == SLOTS) norms += collect(slots[done++ % SLOTS], batch, into);
            int count = Math.min(step, batch.rows() - from);
            check(batch, from, count);
            Slot slot = slots[next % SLOTS];
            slot.fill(batch, from, count, Rows.of(count), true, rowsBefore + from);
            Pass pass = slot.pass(true, next == 0, anyWithoutWeight(batch, from, count), into.withNorms);
            recordings.run(pass, () -> network.run(pass));
            slot.fetch(true);
            for (TableRows table : tables) table.add(batch, slot, next % SLOTS);
            slot.mark();
        }
        for (TableRows table : tables) table.fetch();
        while (done < next) norms += collect(slots[done++ % SLOTS], batch, into);
        sums.finish();
        into.squaredNormSum = into.withNorms ? norms : Double.NaN;
        into.weight = sums.weight;
        into.lossSum = sums.loss;
        into.lossSquaredSum = sums.lossSquared;
        into.pieceLosses = sums.pieces;
        into.pieceCount = sums.pieceCount;
    }

    /** Takes the rows of tables, after everything was awaited. */
    public void collectRows() {
        for (TableRows table : tables) table.collect();
    }

    /** Writes the predictions of all rows. */
    public void predict(SampleBatch batch, int step, float[] predictions) {
        int done = 0;
        int next = 0;
        for (int from = 0; from < batch.rows(); from += step, next++) {
            if (next - done == SLOTS) fetched(slots[done++ % SLOTS]).copyPredictions(predictions);
            int count = Math.min(step, batch.rows() - from);
            for (TableRows table : tables) table.check(batch, from, count);
            Slot slot = slots[next % SLOTS];
            slot.fill(batch, from, count, Rows.of(count), false, 0);
            Pass pass = slot.pass(false, false, false, false);
            recordings.run(pass, () -> network.run(pass));
            slot.fetch(false);
            slot.mark();
        }
        while (done < next) fetched(slots[done++ % SLOTS]).copyPredictions(predictions);
    }

    private static Slot fetched(Slot slot) {
        slot.await();
        return slot;
    }

    private double collect(Slot slot, SampleBatch batch, GradientSum into) {
        slot.await();
        slot.copyPredictions(into.predictions);
        double norms = 0;
        for (int r = 0; r < slot.count; r++) {
            sums.add(batch.weights()[slot.from + r], slot.loss(r));
            if (into.withNorms) norms += slot.norm(r);
        }
        return norms;
    }

    private void check(SampleBatch batch, int from, int count) {
        for (TableRows table : tables) table.check(batch, from, count);
        if (loss != Loss.CATEGORICAL_CROSSENTROPY) return;
        for (int r = from; r < from + count; r++) {
            float label = batch.labels()[r];
            if (label >= 0 && label < outputs) continue;
            throw new IllegalArgumentException(
                    "row " + r + ": the label must be a class in 0.." + (outputs - 1) + ". Received: " + label);
        }
    }

    private static boolean anyWithoutWeight(SampleBatch batch, int from, int count) {
        for (int r = from; r < from + count; r++) if (batch.weights()[r] == 0) return true;
        return false;
    }

    @Override
    public void close() {
        taken.close();
    }
}
