package dev.millrace.model.batchsize;

/**
 * Least squares of the step time T(N) = a + b N, with forgetting 0.99 a step: a is what a round costs however few its
 * samples, b what a sample costs over all workers. Kept as decayed weighted means and central moments, since sums of
 * squares cancel when N hardly varies.
 *
 * <p>Constraints: a >= 0, and b is at least 1/10 000 of the mean time per sample, so that a / b stays finite. While only
 * one N was seen, a is half the time (AdaptDL's choice). Once N has stopped varying (standard deviation below 1 % of the
 * mean) a slope would be fitted to noise: the last one stays.
 *
 * <p>Worked: (16, 28 ms), (64, 52 ms), (256, 148 ms) give a = 20 ms, b = 0.5 ms. Source: adaptive-batch.md, 2.4.
 *
 * @param weight decayed number of steps
 * @param samples mean N
 * @param seconds mean T
 * @param variation decayed sum of squared deviations of N
 * @param covariation the same of N and T
 * @param slope b last fitted to enough variation; NaN until then
 */
record StepTimeModel(
        double weight, double samples, double seconds, double variation, double covariation, double slope) {
    static final StepTimeModel NONE = new StepTimeModel(0, 0, 0, 0, 0, Double.NaN);
    static final int LENGTH = 6;
    private static final double FORGETTING = 0.99;
    private static final double ENOUGH = 1e-4; // squared relative deviation of N
    private static final double SMALLEST_SHARE = 1e-4;
    private static final double LONGEST = 1e6; // seconds

    /**
     * The two costs.
     *
     * @param sync a, seconds a round; NaN before the first step
     * @param perSample b, seconds, > 0; NaN before the first step
     */
    public record Fit(double sync, double perSample) {
        /** r = a / b: a round costs as much as r samples. */
        public double roundCost() {
            return sync / perSample;
        }
    }

    /** Adds a step; a time that is not a positive number of seconds is left out. */
    StepTimeModel observe(double n, double took) {
        if (!(n >= 1) || !(took > 0 && took < LONGEST)) return this;
        double old = FORGETTING * weight;
        double now = old + 1;
        double dn = n - samples;
        double dt = took - seconds;
        double spread = FORGETTING * variation + old / now * dn * dn;
        double joint = FORGETTING * covariation + old / now * dn * dt;
        double mean = samples + dn / now;
        boolean enough = spread > ENOUGH * now * mean * mean;
        return new StepTimeModel(now, mean, seconds + dt / now, spread, joint, enough ? joint / spread : slope);
    }

    Fit fit() {
        if (weight == 0) return new Fit(Double.NaN, Double.NaN);
        double all = seconds / samples; // seconds per sample, the round included
        if (Double.isNaN(slope)) return new Fit(seconds / 2, all / 2);
        double b = Math.max(slope, SMALLEST_SHARE * all);
        double a = seconds - b * samples;
        if (a >= 0) return new Fit(a, b);
        // a = 0: least squares through the origin
        double through = (covariation + weight * samples * seconds) / (variation + weight * samples * samples);
        return new Fit(0, Math.max(through, SMALLEST_SHARE * all));
    }

    void write(double[] to, int at) {
        to[at] = weight;
        to[at + 1] = samples;
        to[at + 2] = seconds;
        to[at + 3] = variation;
        to[at + 4] = covariation;
        to[at + 5] = slope;
    }

    static StepTimeModel read(double[] from, int at) {
        return new StepTimeModel(from[at], from[at + 1], from[at + 2], from[at + 3], from[at + 4], from[at + 5]);
    }
}
