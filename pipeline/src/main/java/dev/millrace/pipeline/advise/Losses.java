package dev.millrace.pipeline.advise;

import java.util.List;

/**
 * Losses of one size and learning rate from several initial parameters.
 *
 * @param mean infinite if one of them diverged
 * @param variance unbiased; NaN of a single one
 * @param count how many
 */
record Losses(double mean, double variance, int count) {

    static Losses of(List<Double> values) {
        double mean = values.stream().mapToDouble(v -> v).average().orElse(Double.POSITIVE_INFINITY);
        double squares =
                values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
        int count = values.size();
        return new Losses(mean, count < 2 ? Double.NaN : squares / (count - 1), count);
    }
}
