package dev.millrace.model.drift;

import java.nio.DoubleBuffer;

/** Never sees a drift; still counts the values that are not finite. */
public final class NoDetector extends FiniteLossDetector {
    public NoDetector() {
        super(DriftKind.NONE);
    }

    @Override
    boolean observeFinite(double loss) {
        return false;
    }

    @Override
    int stateLength() {
        return 0;
    }

    @Override
    void write(DoubleBuffer out) {}

    @Override
    boolean read(DoubleBuffer in) {
        return true;
    }
}
