package dev.millrace.model.drift;

import java.nio.DoubleBuffer;

/**
 * The default: a {@link PageHinkleySum} of the loss, standardized by what it has been lately. Per value x, once the
 * warm-up is over:
 *
 * <pre>{@code
 * z = clip((x - mean) / sd, -4, 8)       mean and sd before x, see RunningReference
 * M = M + z - tolerance;  drift when M - min M > threshold
 * }</pre>
 *
 * The clip keeps one wild micro-batch from being a drift (it adds 7.5 of 12 at most) and a lucky one from hiding the next.
 * After a drift the reference starts anew too, so the warm-up is the cool-down. A slow rise does not fire it: the reference
 * follows. For the same reason a sudden rise of 1 sd takes 34 micro-batches and one in eight is missed; 2 sd take 10, 4 sd
 * take 4. A noiseless loss that is constant or falls never fires it.
 */
public final class PageHinkley extends FiniteLossDetector {
    private static final double LOWEST = -4;
    private static final double HIGHEST = 8;

    private final int warmup;
    private final RunningReference reference;
    private final PageHinkleySum sum;

    public PageHinkley(Constants constants) {
        super(DriftKind.PAGE_HINKLEY);
        warmup = constants.warmup();
        reference = new RunningReference(constants.decay());
        sum = new PageHinkleySum(constants.tolerance(), constants.threshold());
    }

    @Override
    boolean observeFinite(double loss) {
        boolean warm = reference.count() >= warmup;
        double z = warm ? Math.min(Math.max(reference.standardize(loss), LOWEST), HIGHEST) : 0;
        reference.add(loss);
        if (!warm || !sum.add(z)) return false;
        reference.reset();
        return true;
    }

    @Override
    int stateLength() {
        return RunningReference.STATE_LENGTH + 1;
    }

    @Override
    void write(DoubleBuffer out) {
        reference.write(out);
        out.put(sum.aboveMinimum());
    }

    @Override
    boolean read(DoubleBuffer in) {
        reference.read(in);
        sum.aboveMinimum(in.get());
        return true;
    }

    /**
     * The numbers of the method.
     *
     * @param tolerance standard deviations a micro-batch may lie above the mean without adding to the evidence, in [0, 8)
     * @param threshold evidence for a drift, in standard deviations, > 0; higher means fewer false alarms and more delay
     * @param decay of the reference per micro-batch, in (0, 1)
     * @param warmup micro-batches before the first decision and after each drift, >= 2
     */
    public record Constants(double tolerance, double threshold, double decay, int warmup) {
        public static final Constants DEFAULT = new Constants(0.5, 12, 0.99, 30);

        public Constants {
            Limits.require(tolerance >= 0 && tolerance < HIGHEST, "page-hinkley.tolerance", "in [0, 8)", tolerance);
            Limits.require(threshold > 0 && threshold < 1e9, "page-hinkley.threshold", "in (0, 1e9)", threshold);
            Limits.require(decay > 0 && decay < 1, "page-hinkley.decay", "in (0, 1)", decay);
            Limits.require(warmup >= 2, "page-hinkley.warmup", ">= 2", warmup);
        }
    }
}
