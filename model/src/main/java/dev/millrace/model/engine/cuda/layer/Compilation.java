package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.DeviceMemory;
import dev.millrace.model.engine.cuda.device.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What layers are compiled for, and the memory that they took for it: given back as a whole, also if a model does not fit.
 *
 * @param most rows at once
 * @param inputs features of a row
 */
record Compilation(Device device, DeviceParameters parameters, int most, int inputs, List<DeviceMemory> taken) {
    Compilation(Device device, DeviceParameters parameters, int most, int inputs) {
        this(device, parameters, most, inputs, new ArrayList<>());
    }

    /** Memory for values. */
    Tensor tensor(long count, boolean wide) {
        return new Tensor(bytes(count * (wide ? Float.BYTES : Short.BYTES)), wide);
    }

    /** Where memory of so many bytes begins. */
    long bytes(long bytes) {
        DeviceMemory memory = device.allocate(bytes);
        taken.add(memory);
        return memory.address();
    }

    /** Gives everything back. */
    void forget() {
        for (DeviceMemory memory : taken) memory.close();
        taken.clear();
    }
}
