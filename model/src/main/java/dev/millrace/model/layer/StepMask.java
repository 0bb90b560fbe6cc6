package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;

/** Which steps of the samples are absent: those whose features are all 0, if any may be. */
final class StepMask {
    private final boolean maskZero;
    private final int features;
    private final boolean[] absent; // [chunk steps]

    StepMask(boolean maskZero, int count, int features) {
        this.maskZero = maskZero;
        this.features = features;
        this.absent = new boolean[maskZero ? count : 0];
    }

    /** @param x [count, features] */
    void read(long x, int count) {
        if (!maskZero) return;
        long at = x;
        for (int i = 0; i < count; i++, at += 4L * features) absent[i] = isZero(at);
    }

    private boolean isZero(long at) {
        for (long k = at; k < at + 4L * features; k += 4) if (Memory.get(k) != 0) return false;
        return true;
    }

    boolean isAbsent(int step) {
        return maskZero && absent[step];
    }

    /** Clears the values of absent steps. */
    void clear(long values, int count, int width) {
        for (int i = 0; i < count; i++) if (isAbsent(i)) Memory.zero(values + 4L * i * width, width);
    }
}
