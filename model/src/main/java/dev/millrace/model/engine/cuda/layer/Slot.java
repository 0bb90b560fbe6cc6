package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.DeviceMemory;
import dev.millrace.model.engine.cuda.device.Event;
import dev.millrace.model.engine.cuda.device.HostMemory;
import dev.millrace.model.engine.cuda.device.Resources;
import dev.millrace.model.memory.Memory;
import dev.millrace.model.spec.ModelSpec;

/**
 * Where a micro-batch comes in and what is known of its rows goes out, on the host and on the device. There are two, so that one
 * is filled while the other is computed.
 */
final class Slot implements AutoCloseable {
    private static final int ALIGNED = 64; // values: 256 bytes

    private final Resources taken = new Resources();
    private final Device device;
    private final int inputs;
    private final int labels;
    private final int outputs;
    private final HostMemory in;
    private final HostMemory out;
    private final DeviceMemory deviceIn;
    private final DeviceMemory deviceOut;
    private final Event arrived;
    private final Event done;

    /** Rows that are in it, the first of which stands at {@link #from} of the mini-batch. */
    int count;

    int from;
    private int rows; // with those of weight zero behind

    Slot(Device device, ModelSpec spec, int most) {
        this.device = device;
        this.inputs = spec.inputs();
        this.labels = spec.labelWidth();
        this.outputs = spec.outputs();
        boolean whole = false;
        try {
            this.in = taken.keep(device.allocateHost(4 * inputValues(most)));
            this.out = taken.keep(device.allocateHost(4 * outputValues(most)));
            this.deviceIn = taken.keep(device.allocate(4 * inputValues(most)));
            this.deviceOut = taken.keep(device.allocate(4 * outputValues(most)));
            this.arrived = taken.keep(device.event());
            this.done = taken.keep(device.event());
            whole = true;
        } finally {
            if (!whole) taken.close();
        }
    }

    private static long aligned(long values) {
        return (values + ALIGNED - 1) / ALIGNED * ALIGNED;
    }

    private long weightsAt() {
        return ALIGNED; // behind the number of rows before
    }

    private long labelsAt(int of) {
        return weightsAt() + aligned(of);
    }

    private long featuresAt(int of) {
        return labelsAt(of) + aligned((long) of * labels);
    }

    private long inputValues(int of) {
        return featuresAt(of) + aligned((long) of * inputs);
    }

    private long normsAt(int of) {
        return aligned(of);
    }

    private long predictionsAt(int of) {
        return normsAt(of) + aligned(of);
    }

    private long outputValues(int of) {
        return predictionsAt(of) + aligned((long) of * outputs);
    }

    /**
     * Takes rows of a mini-batch and sends them to the device.
     *
     * @param padded rows that go through, >= count; those behind have weight zero
     * @param rowsBefore rows that training brought before
     */
    void fill(SampleBatch batch, int first, int size, int padded, boolean training, long rowsBefore) {
        from = first;
        count = size;
        rows = padded;
        long features = in.address() + 4 * featuresAt(padded);
        Memory.copyIn(batch.features(), first * inputs, features, size * inputs);
        Memory.zero(features + 4L * size * inputs, (long) (padded - size) * inputs);
        long begin = training ? 0 : featuresAt(padded);
        if (training) fillLabels(batch, rowsBefore);
        long bytes = 4 * (featuresAt(padded) + (long) padded * inputs - begin);
        device.upload(in.address() + 4 * begin, deviceIn.address() + 4 * begin, bytes, device.copies());
        arrived.mark(device.copies());
        device.compute().await(arrived);
    }

    private void fillLabels(SampleBatch batch, long rowsBefore) {
        int behind = rows - count;
        Memory.put(in.address(), Float.intBitsToFloat((int) rowsBefore));
        Memory.put(in.address() + 4, Float.intBitsToFloat((int) (rowsBefore >>> 32)));
        long weights = in.address() + 4 * weightsAt();
        Memory.copyIn(batch.weights(), from, weights, count);
        Memory.zero(weights + 4L * count, behind);
        long own = in.address() + 4 * labelsAt(rows);
        Memory.copyIn(batch.labels(), from * labels, own, count * labels);
        Memory.zero(own + 4L * count * labels, (long) behind * labels);
    }

    /** The pass of its rows. */
    Pass pass(boolean training, boolean first, boolean silenced, boolean withNorms) {
        long input = deviceIn.address();
        long output = deviceOut.address();
        return new Pass(
                rows,
                training,
                first,
                silenced,
                input + 4 * featuresAt(rows),
                training ? input + 4 * labelsAt(rows) : 0,
                training ? input + 4 * weightsAt() : 0,
                input,
                output + 4 * predictionsAt(rows),
                output,
                withNorms ? output + 4 * normsAt(rows) : 0);
    }

    /** Where its features stand on the device. */
    long features() {
        return deviceIn.address() + 4 * featuresAt(rows);
    }

    /** Enqueues the way back of what is known. */
    void fetch(boolean training) {
        long begin = training ? 0 : predictionsAt(rows);
        long bytes = 4 * (predictionsAt(rows) + (long) rows * outputs - begin);
        device.download(deviceOut.address() + 4 * begin, out.address() + 4 * begin, bytes, device.compute());
    }

    /** Marks the end of all that was enqueued about its rows. */
    void mark() {
        done.mark(device.compute());
    }

    /** Blocks until everything about its rows is done. */
    void await() {
        done.synchronize();
    }

    /** The loss of a row. */
    float loss(int row) {
        return Memory.get(out.address() + 4L * row);
    }

    /** Squared norm of a row's own gradient. */
    float norm(int row) {
        return Memory.get(out.address() + 4 * (normsAt(rows) + row));
    }

    void copyPredictions(float[] into) {
        Memory.copyOut(out.address() + 4 * predictionsAt(rows), into, from * outputs, count * outputs);
    }

    @Override
    public void close() {
        taken.close();
    }
}
