package dev.millrace.pipeline.advise;

import java.util.List;

/**
 * Which losses are equal: those that differ by no more than twice the standard error of such a difference, and always
 * those within half a percent. The variance over the initial parameters is the median of all sizes, as few runs of one
 * size tell little and single sizes may be far off. Without repeats it is not known, and two percent take its place.
 *
 * @param difference that counts as none, from the spread
 * @param share of a loss that counts as none
 */
record Equality(double difference, double share) {
    private static final double ALWAYS = 0.005;
    private static final double WITHOUT_SPREAD = 0.02;

    static Equality of(List<Losses> losses) {
        double[] variances = losses.stream()
                .mapToDouble(Losses::variance)
                .filter(Double::isFinite)
                .toArray();
        if (variances.length == 0) return new Equality(0, WITHOUT_SPREAD);
        int runs = losses.stream().mapToInt(Losses::count).min().orElseThrow();
        return new Equality(2 * Math.sqrt(2 * SpeedTest.median(variances) / runs), ALWAYS);
    }

    boolean equal(double a, double b) {
        return Math.abs(a - b) <= Math.max(difference, share * Math.min(Math.abs(a), Math.abs(b)));
    }
}
