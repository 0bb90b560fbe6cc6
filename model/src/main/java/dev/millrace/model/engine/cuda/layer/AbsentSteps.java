package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Tensor;

/** Which steps of the samples are absent: those whose features are all 0, if any may be. */
final class AbsentSteps {
    private static final int WARP = 32;

    private final Device device;
    private final int steps;
    private final int features;
    private final long flags; // [most, steps], integers; 0 if none can be absent

    AbsentSteps(Compilation to, boolean maskZero, int steps, int features) {
        this.device = to.device();
        this.steps = steps;
        this.features = features;
        this.flags = maskZero ? to.bytes((long) to.most() * steps * Integer.BYTES) : 0;
    }

    /** @param x [rows, steps, features] */
    void read(Tensor x, Pass pass) {
        if (flags == 0) return;
        long count = (long) pass.rows() * steps;
        device.kernel("absentSteps")
                .tensor(x)
                .integer(features)
                .address(flags)
                .count(count)
                .elements(count * WARP);
    }

    /** A flag for each step; 0 if none can be absent. */
    long flags() {
        return flags;
    }

    /** Clears the values of absent steps, [rows, steps, width]. */
    void clear(Tensor values, int width, Pass pass) {
        if (flags == 0) return;
        long count = (long) pass.rows() * steps * width;
        device.kernel("clearAbsent")
                .tensor(values)
                .address(flags)
                .integer(width)
                .count(count)
                .elements(count);
    }
}
