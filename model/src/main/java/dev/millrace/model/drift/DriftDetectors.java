package dev.millrace.model.drift;

import java.nio.BufferUnderflowException;
import java.nio.DoubleBuffer;
import org.jspecify.annotations.Nullable;

/** Makes detectors from settings. */
public final class DriftDetectors {
    private DriftDetectors() {}

    /** A detector that has seen nothing. */
    public static DriftDetector create(DriftSettings settings) {
        return make(settings);
    }

    /**
     * A detector that continues from {@link DriftDetector#state}. A state of another kind, or of another shape (ADWIN's
     * buckets, KSWIN's window), was written under another configuration: the detector starts anew then, and only the count
     * of ignored values goes on. Other constants may change freely.
     *
     * @throws IllegalArgumentException if the state is damaged or of a format that this version does not know
     */
    public static DriftDetector restore(DriftSettings settings, double[] state) {
        requireWhole(state);
        FiniteLossDetector detector = make(settings);
        if (state[1] == settings.kind().code() && !continueFrom(state, detector)) detector = make(settings);
        detector.ignored((long) state[3]);
        return detector;
    }

    private static FiniteLossDetector make(DriftSettings settings) {
        return switch (settings.kind()) {
            case NONE -> new NoDetector();
            case PAGE_HINKLEY -> new PageHinkley(settings.pageHinkley());
            case ADWIN -> new Adwin(settings.adwin());
            case DDM -> new Ddm(settings.ddm());
            case KSWIN -> new Kswin(settings.kswin());
        };
    }

    private static boolean continueFrom(double[] state, FiniteLossDetector detector) {
        DoubleBuffer in = DoubleBuffer.wrap(state, FiniteLossDetector.HEADER, state.length - FiniteLossDetector.HEADER);
        try {
            if (!detector.read(in)) return false;
        } catch (BufferUnderflowException e) {
            throw damaged("it ends before its last count is filled", e);
        }
        if (in.hasRemaining()) throw damaged(in.remaining() + " numbers are left over", null);
        return true;
    }

    private static void requireWhole(double[] state) {
        if (state.length < FiniteLossDetector.HEADER) throw damaged("it has " + state.length + " numbers", null);
        if (state[0] != FiniteLossDetector.FORMAT) {
            throw new IllegalArgumentException("Drift detector's state has format " + state[0]
                    + "; this version reads format " + FiniteLossDetector.FORMAT);
        }
        if (state[2] != state.length) throw damaged("it has " + state.length + " of " + state[2] + " numbers", null);
        for (int i = 0; i < state.length; i++) {
            if (!Double.isFinite(state[i])) throw damaged("number " + i + " is " + state[i], null);
        }
    }

    private static IllegalArgumentException damaged(String how, @Nullable Throwable cause) {
        return new IllegalArgumentException("Drift detector's state is damaged: " + how, cause);
    }
}
