package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.DeviceMemory;
import dev.millrace.model.engine.cuda.device.HostMemory;
import dev.millrace.model.engine.cuda.device.Resources;
import dev.millrace.model.memory.Memory;
import dev.millrace.model.table.TouchedRows;
import java.util.Arrays;

/**
 * The gradient of a table's rows that a mini-batch touches. Which they are the host finds out while the device computes: for each
 * row touched where it occurs, in the order of the samples, so that each sum is made in one order.
 */
final class TableRows implements AutoCloseable {
    private final Resources taken = new Resources();
    private final Device device;
    private final TableOnDevice layer;
    private final TouchedRows touched;
    private final int inputs;
    private final int most; // occurrences of a micro-batch
    private final Index[] indexes;
    private HostMemory host; // values of all rows touched
    private DeviceMemory values;
    private int capacity; // rows
    private int[] local = new int[0]; // place -> number within the micro-batch, if newer than the mark
    private final int[] counts; // occurrences of each number, then where the next one goes
    private final int[] occurrences; // [occurring], in the order of the samples
    private final int[] numbered; // [occurring], the number of each one's row
    private int occurring;
    private int mark;

    /** What a micro-batch touches, on the host and on the device; one for each slot. */
    private record Index(HostMemory host, DeviceMemory device) {}

    /** @param samples of a micro-batch, at most */
    TableRows(Device device, TableOnDevice layer, TouchedRows touched, int inputs, int slots, int samples) {
        this.device = device;
        this.layer = layer;
        this.touched = touched;
        this.inputs = inputs;
        this.indexes = new Index[slots];
        this.most = Math.multiplyExact(samples, layer.ids);
        this.counts = new int[most];
        this.occurrences = new int[most];
        this.numbered = new int[most];
        long bytes = 4L * (3L * most + 1);
        boolean whole = false;
        try {
            for (int i = 0; i < slots; i++) {
                indexes[i] = new Index(taken.keep(device.allocateHost(bytes)), taken.keep(device.allocate(bytes)));
            }
            this.host = device.allocateHost(1);
            this.values = device.allocate(1);
            whole = true;
        } finally {
            if (!whole) taken.close();
        }
    }

    /** Forgets the rows and makes room for those of a mini-batch. */
    void begin(int samples) {
        touched.clear();
        long wanted = Math.min((long) samples * layer.ids, layer.tableRows);
        if (wanted > capacity) reserve((int) Math.min(Math.max(wanted, capacity + (capacity >> 1)), layer.tableRows));
    }

    private void reserve(int rows) {
        long bytes = 4L * rows * layer.width;
        host.close();
        values.close();
        capacity = 0;
        host = device.allocateHost(bytes);
        values = device.allocate(bytes);
        capacity = rows;
        local = new int[rows];
        mark = 0;
    }

    /** @throws IndexOutOfBoundsException if an id of the samples names no row: the device would read what is not ours */
    void check(SampleBatch batch, int from, int count) {
        float[] features = batch.features();
        for (int r = from; r < from + count; r++) {
            for (int i = 0, at = r * inputs + layer.first; i < layer.ids; i++, at++) {
                int id = (int) features[at];
                if (id < 0 || id >= layer.tableRows) {
                    throw new IndexOutOfBoundsException(
                            "id must be in 0.." + (layer.tableRows - 1) + ". Received: " + id);
                }
            }
        }
    }

    /** Enqueues the gradient of what a micro-batch touches. */
    void add(SampleBatch batch, Slot slot, int which) {
        Index index = indexes[which];
        int before = touched.count();
        int numbers = number(batch, slot, index);
        if (numbers == 0) return;
        order(index, numbers);
        int after = touched.count();
        device.zero(values.address() + 4L * before * layer.width, 4L * (after - before) * layer.width);
        long bytes = 4L * (2L * numbers + 1 + occurring);
        device.upload(index.host().address(), index.device().address(), bytes, device.compute());
        long places = index.device().address();
        long starts = places + 4L * numbers;
        layer.addRows(
                slot.features(),
                new TableOnDevice.Touched(numbers, places, starts, starts + 4L * (numbers + 1), values.address()));
    }

    /** Numbers the rows touched, in the order they come; leaves their places and where and how often each occurs. */
    private int number(SampleBatch batch, Slot slot, Index index) {
        if (mark > Integer.MAX_VALUE - 2 * most) {
            Arrays.fill(local, 0);
            mark = 0;
        }
        int base = mark + 1; // what is at least this was numbered now
        int numbers = 0;
        occurring = 0;
        float[] features = batch.features();
        for (int r = slot.from; r < slot.from + slot.count; r++) {
            if (batch.weights()[r] == 0) continue;
            for (int i = 0, at = r * inputs + layer.first; i < layer.ids; i++, at++) {
                int id = (int) features[at];
                if (layer.maskZero && id == 0) continue;
                int place = touched.place(id);
                if (local[place] < base) {
                    local[place] = base + numbers;
                    counts[numbers] = 0;
                    put(index.host().address() + 4L * numbers, place);
                    numbers++;
                }
                int number = local[place] - base;
                counts[number]++;
                occurrences[occurring] = (r - slot.from) * layer.ids + i;
                numbered[occurring++] = number;
            }
        }
        mark = base + numbers;
        return numbers;
    }

    /** Writes where each row's occurrences begin, and the occurrences row by row. */
    private void order(Index index, int numbers) {
        long starts = index.host().address() + 4L * numbers;
        int next = 0;
        for (int n = 0; n < numbers; n++) {
            int times = counts[n];
            counts[n] = next;
            put(starts + 4L * n, next);
            next += times;
        }
        put(starts + 4L * numbers, next);
        long first = starts + 4L * (numbers + 1);
        for (int o = 0; o < occurring; o++) put(first + 4L * counts[numbered[o]]++, occurrences[o]);
    }

    private static void put(long address, int value) {
        Memory.put(address, Float.intBitsToFloat(value));
    }

    /** Enqueues the way back of the gradient. */
    void fetch() {
        device.download(values.address(), host.address(), 4L * touched.size(), device.compute());
    }

    /** Takes the gradient that has arrived. */
    void collect() {
        Memory.copyOut(host.address(), touched.values(), 0, touched.size());
    }

    @Override
    public void close() {
        taken.close();
        host.close();
        values.close();
    }
}
