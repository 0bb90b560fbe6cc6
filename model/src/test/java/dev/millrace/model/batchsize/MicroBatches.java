package dev.millrace.model.batchsize;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Micro-batches whose gradients are known, to work statistics out of.
 *
 * @param sizes [micro-batches]
 * @param gradients [micro-batches, parameters], means
 */
record MicroBatches(int[] sizes, double[][] gradients) {

    static MicroBatches parse(String sizes, String gradients) {
        return new MicroBatches(
                Arrays.stream(sizes.split(" ", -1)).mapToInt(Integer::parseInt).toArray(),
                Arrays.stream(gradients.split(";", -1))
                        .map(g -> Arrays.stream(g.split(" ", -1))
                                .mapToDouble(Double::parseDouble)
                                .toArray())
                        .toArray(double[][]::new));
    }

    static MicroBatches random(SplittableRandom random, int groups, int parameters) {
        return new MicroBatches(
                random.ints(groups, 1, 50).toArray(),
                java.util.stream.IntStream.range(0, groups)
                        .mapToObj(j -> random.doubles(parameters, -2, 3).toArray())
                        .toArray(double[][]::new));
    }

    /** Means of independent uniform samples with this mean and standard deviation. */
    static MicroBatches sampled(SplittableRandom random, int[] sizes, double[] mean, double[] deviation) {
        double[][] gradients = new double[sizes.length][mean.length];
        double half = Math.sqrt(3); // of a uniform distribution with variance 1
        for (int j = 0; j < sizes.length; j++) {
            for (int sample = 0; sample < sizes[j]; sample++) {
                for (int i = 0; i < mean.length; i++) {
                    gradients[j][i] += (mean[i] + deviation[i] * random.nextDouble(-half, half)) / sizes[j];
                }
            }
        }
        return new MicroBatches(sizes, gradients);
    }

    MicroBatches map(UnaryOperator<double[]> change) {
        return new MicroBatches(
                sizes,
                Arrays.stream(gradients).map(g -> change.apply(g.clone())).toArray(double[][]::new));
    }

    GradientStatistics[] parts() {
        GradientStatistics[] parts = new GradientStatistics[sizes.length];
        for (int j = 0; j < sizes.length; j++) {
            double squared = Arrays.stream(gradients[j]).map(v -> v * v).sum();
            parts[j] = GradientStatistics.ofMicroBatch(sizes[j], squared, 0, 0);
        }
        return parts;
    }

    GradientStatistics statistics() {
        return Arrays.stream(parts()).reduce(GradientStatistics.NONE, GradientStatistics::merge);
    }

    double squaredNorm() {
        double samples = Arrays.stream(sizes).sum();
        double squared = 0;
        for (int i = 0; i < gradients[0].length; i++) {
            double sum = 0;
            for (int j = 0; j < sizes.length; j++) sum += sizes[j] * gradients[j][i];
            squared += sum / samples * (sum / samples);
        }
        return squared;
    }

    double covarianceTrace() {
        return statistics().covarianceTrace(squaredNorm());
    }

    double squaredGradient() {
        return statistics().squaredGradient(squaredNorm());
    }
}
