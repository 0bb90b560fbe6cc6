package dev.millrace.model.drift;

import java.nio.DoubleBuffer;

/**
 * Adaptive windowing: a drift is a cut of the {@link AdwinWindow} after which its mean is higher.
 *
 * <p><b>One-sided.</b> The method finds changes in both directions. The window is cut at both, so it follows a loss that
 * falls, but only a rise is a drift. <b>Reset.</b> The window starts empty after a drift. The method itself would keep the
 * newer part; the rest of the old values in it then makes two or three more alarms of one and the same change.
 *
 * <p><b>Input.</b> The bound holds for values within an interval of width {@code range}: 1 for a share of wrong predictions.
 * A loss in other units needs its own. With a range far above the noise of the loss the detector is slow; far below, the
 * bound is that of a normal distribution only.
 */
public final class Adwin extends FiniteLossDetector {
    private final AdwinWindow window;

    public Adwin(Constants constants) {
        super(DriftKind.ADWIN);
        window = new AdwinWindow(constants);
    }

    @Override
    boolean observeFinite(double loss) {
        if (!window.add(loss)) return false;
        window.clear();
        return true;
    }

    @Override
    int stateLength() {
        return window.stateLength();
    }

    @Override
    void write(DoubleBuffer out) {
        window.write(out);
    }

    @Override
    boolean read(DoubleBuffer in) {
        return window.read(in);
    }

    /**
     * The numbers of the method.
     *
     * @param delta probability of a false alarm per check, in (0, 1)
     * @param clock values between checks, >= 1
     * @param buckets of each size, in 2..1000; more find the moment of a change more exactly
     * @param range width of the interval that holds the values, in their unit, > 0
     */
    public record Constants(double delta, int clock, int buckets, double range) {
        public static final Constants DEFAULT = new Constants(0.002, 32, 5, 1);

        public Constants {
            Limits.require(delta > 0 && delta < 1, "adwin.delta", "in (0, 1)", delta);
            Limits.require(clock >= 1, "adwin.clock", ">= 1", clock);
            Limits.require(buckets >= 2 && buckets <= 1000, "adwin.buckets", "in 2..1000", buckets);
            Limits.require(range > 0 && range < 1e9, "adwin.range", "in (0, 1e9)", range);
        }
    }
}
