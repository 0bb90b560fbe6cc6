package dev.millrace.pipeline.experiment;

import java.util.Locale;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * A figure of one setting over another's on the same seeds: exp of the mean of log ratios, with the 95 % interval that
 * Student's t gives to paired differences of logarithms.
 */
record Comparison(double ratio, double low, double high, int pairs) {

    static Comparison of(double[] ours, double[] theirs) {
        SummaryStatistics logs = new SummaryStatistics();
        for (int i = 0; i < ours.length; i++) {
            if (Double.isFinite(ours[i]) && Double.isFinite(theirs[i])) logs.addValue(Math.log(ours[i] / theirs[i]));
        }
        int pairs = (int) logs.getN();
        if (pairs < 2) return new Comparison(Math.exp(logs.getMean()), Double.NaN, Double.NaN, pairs);
        double reach = new TDistribution(pairs - 1).inverseCumulativeProbability(0.975)
                * logs.getStandardDeviation()
                / Math.sqrt(pairs);
        return new Comparison(
                Math.exp(logs.getMean()), Math.exp(logs.getMean() - reach), Math.exp(logs.getMean() + reach), pairs);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", ratio, low, high);
    }
}
