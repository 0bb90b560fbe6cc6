package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.DeviceMemory;
import dev.millrace.model.engine.cuda.device.HostMemory;
import dev.millrace.model.engine.cuda.device.Resources;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.memory.Memory;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.ParameterLayout;
import java.util.List;

/**
 * The flat vector of all parameters on a device, and the gradient of those before the tables. Each tensor begins at a multiple
 * of 256 bytes, as products want it, so the places differ from the flat vector's. In bfloat16 there is a rounded copy of the
 * parameters before the tables.
 */
public final class DeviceParameters implements AutoCloseable {
    private static final int ALIGNED = 128; // values: 256 bytes of bfloat16

    private final Resources taken = new Resources();
    private final Device device;
    private final int[] offsets; // [tensors], in the flat vector
    private final int[] sizes;
    private final long[] places; // [tensors], on the device, in values
    private final int denseTensors;
    private final long denseValues; // on the device, gaps included
    private final DeviceMemory values;
    private final DeviceMemory gradients;
    private final HostMemory host; // the gradient's
    private final DeviceMemory narrow;
    private boolean changed;

    /** Takes the memory. */
    public DeviceParameters(Device device, ParameterLayout layout) {
        this.device = device;
        List<ParameterBlock> blocks = layout.blocks();
        this.offsets = blocks.stream().mapToInt(ParameterBlock::offset).toArray();
        this.sizes = blocks.stream().mapToInt(ParameterBlock::size).toArray();
        this.places = new long[blocks.size()];
        this.denseTensors = layout.dense().size();
        long place = 0;
        long dense = 0;
        for (int i = 0; i < places.length; i++) {
            places[i] = place;
            place += (sizes[i] + ALIGNED - 1) / ALIGNED * (long) ALIGNED;
            if (i < denseTensors) dense = place;
        }
        this.denseValues = dense;
        boolean whole = false;
        try {
            this.values = taken.keep(device.allocate(place * Float.BYTES));
            this.gradients = taken.keep(device.allocate(dense * Float.BYTES));
            this.host = taken.keep(device.allocateHost(gradients.bytes()));
            this.narrow = taken.keep(device.allocate(device.wide() ? 0 : dense * Short.BYTES));
            whole = true;
        } finally {
            if (!whole) taken.close();
        }
        device.zero(values.address(), values.bytes());
        device.zero(gradients.address(), gradients.bytes());
    }

    /** Receives a part of the flat vector that lies in one tensor. */
    public interface Part {
        /**
         * A part.
         *
         * @param offset where it begins in the flat vector
         * @param length values
         * @param address where it begins on the device
         */
        void accept(int offset, int length, long address);
    }

    /** Goes through the tensors that a part of the flat vector touches. */
    public void eachOf(int offset, int length, Part part) {
        for (int i = 0; i < offsets.length; i++) {
            int from = Math.max(offset, offsets[i]);
            int until = Math.min(offset + length, offsets[i] + sizes[i]);
            if (from < until) part.accept(from, until - from, address(i, from));
        }
        changed = true;
    }

    /** Enqueues the way of the gradient to page-locked memory. */
    public void fetchGradient() {
        device.download(gradients.address(), host.address(), gradients.bytes(), device.compute());
    }

    /** Writes the gradient that has arrived, in the order of the flat vector. */
    public void copyGradient(float[] into) {
        for (int i = 0; i < denseTensors; i++) {
            Memory.copyOut(host.address() + places[i] * Float.BYTES, into, offsets[i], sizes[i]);
        }
    }

    /** Brings the rounded copy up to date. */
    public void settle() {
        if (!changed) return;
        changed = false;
        if (device.wide()) return;
        device.kernel("narrowAll")
                .address(values.address())
                .address(narrow.address())
                .count(denseValues)
                .elements(denseValues);
    }

    /** Zeros in the gradient. */
    public void forgetGradients() {
        device.zero(gradients.address(), gradients.bytes());
    }

    private long address(int tensor, int offset) {
        return values.address() + (places[tensor] + offset - offsets[tensor]) * Float.BYTES;
    }

    private int tensor(int offset) {
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] == offset) return i;
        }
        throw new IllegalArgumentException("no tensor begins at " + offset);
    }

    /** The float32 values of the tensor that begins at an offset of the flat vector. */
    public Tensor exact(int offset) {
        return Tensor.wide(address(tensor(offset), offset));
    }

    /** The values of a tensor as products take them. */
    Tensor factor(int offset) {
        if (device.wide()) return exact(offset);
        return new Tensor(narrow.address() + places[tensor(offset)] * Short.BYTES, false);
    }

    /** The gradient of a tensor. */
    Tensor gradient(int offset) {
        return Tensor.wide(gradients.address() + places[tensor(offset)] * Float.BYTES);
    }

    @Override
    public void close() {
        taken.close();
    }
}
