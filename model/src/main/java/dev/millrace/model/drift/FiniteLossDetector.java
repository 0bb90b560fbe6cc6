package dev.millrace.model.drift;

import java.nio.DoubleBuffer;

/**
 * What all detectors share: values that are not finite are left out, and the state has a header.
 *
 * <p>Format {@value #FORMAT} of the state: {format, code of the {@link DriftKind}, length of the whole, values ignored,
 * then the detector's own numbers}. Whole numbers are exact up to 2^53.
 */
abstract class FiniteLossDetector implements DriftDetector {
    static final int FORMAT = 1;
    static final int HEADER = 4;

    private final DriftKind kind;
    private long ignored;

    FiniteLossDetector(DriftKind kind) {
        this.kind = kind;
    }

    @Override
    public final boolean observe(double loss) {
        if (!Float.isFinite((float) loss)) {
            ignored++;
            return false;
        }
        return observeFinite(loss);
    }

    @Override
    public final double[] state() {
        int length = HEADER + stateLength();
        DoubleBuffer out = DoubleBuffer.allocate(length);
        out.put(FORMAT).put(kind.code()).put(length).put(ignored);
        write(out);
        return out.array();
    }

    @Override
    public final long ignored() {
        return ignored;
    }

    /** Continues a count; for {@link DriftDetectors#restore}. */
    final void ignored(long count) {
        ignored = count;
    }

    abstract boolean observeFinite(double loss);

    /** How many numbers {@link #write} is going to write. */
    abstract int stateLength();

    abstract void write(DoubleBuffer out);

    /** Continues from what {@link #write} wrote; false if that has another shape, and then this detector is of no more use. */
    abstract boolean read(DoubleBuffer in);
}
