package dev.millrace.model.drift;

import java.nio.DoubleBuffer;

/**
 * Drift Detection Method: the mean p_i of all i values since the start and its standard error s_i are compared with where
 * {@code p + s} was lowest. Warning above {@code p_min + 2 s_min}, drift above {@code p_min + 3 s_min}, after 30 values.
 *
 * <p><b>Input.</b> The method was defined for single predictions, wrong (1) or right (0), with {@code s_i = sqrt(p_i (1 -
 * p_i) / i)}. Here {@code s_i = sqrt(v_i / i)} with the variance v_i of the values themselves, which for zeros and ones is
 * {@code p_i (1 - p_i)}, so the same number. It therefore takes single errors, the share of wrong predictions of a
 * micro-batch, or its mean loss in any unit, as long as one detector always gets the same kind of value.
 *
 * <p>The mean has no forgetting: the longer a stream has been quiet, or the more the loss has fallen, the longer a rise takes
 * to show. Single errors that begin with 30 right predictions have s_min = 0, and the first wrong one is a drift; shares and
 * losses have not. Source: Gama et al. 2004, "Learning with drift detection".
 */
public final class Ddm extends FiniteLossDetector {
    /** What rounding may add to a mean that has not changed. */
    private static final double ROUNDING = 1e-9;

    private final Constants constants;
    private long count;
    private double mean;
    private double squares; // sum of squared distances from the mean
    private double lowestMean = Double.MAX_VALUE;
    private double lowestError;
    private boolean warning;

    public Ddm(Constants constants) {
        super(DriftKind.DDM);
        this.constants = constants;
    }

    /** Whether the last value lay in the zone between warning and drift. */
    public boolean warning() {
        return warning;
    }

    @Override
    boolean observeFinite(double loss) {
        count++;
        double distance = loss - mean;
        mean += distance / count;
        squares += distance * (loss - mean);
        warning = false;
        if (count < constants.minimum()) return false;

        double error = Math.sqrt(squares / count / count);
        if (mean + error < lowestMean + lowestError) {
            lowestMean = mean;
            lowestError = error;
        }
        double above = mean + error - lowestMean - ROUNDING * Math.abs(lowestMean);
        warning = above > constants.warning() * lowestError;
        if (!(above > constants.drift() * lowestError)) return false;
        reset();
        return true;
    }

    private void reset() {
        count = 0;
        mean = 0;
        squares = 0;
        lowestMean = Double.MAX_VALUE;
        lowestError = 0;
        warning = false;
    }

    @Override
    int stateLength() {
        return 6;
    }

    @Override
    void write(DoubleBuffer out) {
        out.put(count).put(mean).put(squares).put(lowestMean).put(lowestError).put(warning ? 1 : 0);
    }

    @Override
    boolean read(DoubleBuffer in) {
        count = (long) in.get();
        mean = in.get();
        squares = in.get();
        lowestMean = in.get();
        lowestError = in.get();
        warning = in.get() == 1;
        return true;
    }

    /**
     * The numbers of the method.
     *
     * @param warning standard errors above the lowest mean, > 0
     * @param drift standard errors above the lowest mean, > warning
     * @param minimum values before the first decision and after each drift, >= 2
     */
    public record Constants(double warning, double drift, int minimum) {
        public static final Constants DEFAULT = new Constants(2, 3, 30);

        public Constants {
            Limits.require(warning > 0, "ddm.warning", "> 0", warning);
            Limits.require(
                    drift > warning && drift < 1e9, "ddm.drift", "in (ddm.warning (" + warning + "), 1e9)", drift);
            Limits.require(minimum >= 2, "ddm.minimum", ">= 2", minimum);
        }
    }
}
