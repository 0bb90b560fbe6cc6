package dev.millrace.model.batchsize;

/**
 * What the micro-batches of one step say about the spread of the gradient, as sums: adding two of them is associative
 * and commutative, so it does not matter which worker computed what. Micro-batch j has n_j samples and mean gradient
 * g_j, before clipping; the sum of n_j g_j itself stays with the parameter server, which knows |gbar|^2.
 *
 * <p>Worked: two micro-batches of 4 with mean gradients (1, 2) and (3, 2) give N = 8, m = 2, A = 72; with |gbar|^2 = 8
 * the covariance trace is 8, the squared gradient 7 and the noise scale 8/7.
 *
 * @param samples N = sum of n_j
 * @param groups m, the number of micro-batches; best one sample each
 * @param weightedSquares A = sum of n_j |g_j|^2
 * @param lossSum over samples
 * @param squaredLossSum sum of squared losses over samples; NaN where unknown
 */
public record GradientStatistics(
        long samples, long groups, double weightedSquares, double lossSum, double squaredLossSum) {

    /** Of no samples; merging it changes nothing. */
    public static final GradientStatistics NONE = new GradientStatistics(0, 0, 0, 0, 0);

    /**
     * Of one micro-batch.
     *
     * @param samples n_j
     * @param squaredNorm |g_j|^2 of the mean gradient
     */
    public static GradientStatistics ofMicroBatch(
            int samples, double squaredNorm, double lossSum, double squaredLossSum) {
        return new GradientStatistics(samples, 1, samples * squaredNorm, lossSum, squaredLossSum);
    }

    /** Of samples whose gradients were not looked at. */
    public static GradientStatistics ofLoss(long samples, double meanLoss) {
        return new GradientStatistics(samples, 0, 0, samples * meanLoss, Double.NaN);
    }

    /** Both together. */
    public GradientStatistics merge(GradientStatistics other) {
        return new GradientStatistics(
                samples + other.samples,
                groups + other.groups,
                weightedSquares + other.weightedSquares,
                lossSum + other.lossSum,
                squaredLossSum + other.squaredLossSum);
    }

    /** Mean loss of a sample; NaN of no samples. */
    public double meanLoss() {
        return lossSum / samples;
    }

    /** Unbiased variance of a sample's loss; NaN below two samples. */
    public double lossVariance() {
        return samples < 2 ? Double.NaN : (squaredLossSum - lossSum / samples * lossSum) / (samples - 1);
    }

    /**
     * S = (A - N |gbar|^2) / (m - 1), the unbiased trace of a sample's gradient covariance, for any sizes of the
     * micro-batches. NaN below two of them: one gradient says nothing of its spread.
     *
     * @param squaredNorm |gbar|^2
     */
    public double covarianceTrace(double squaredNorm) {
        return groups < 2 ? Double.NaN : (weightedSquares - samples * squaredNorm) / (groups - 1);
    }

    /**
     * P = |gbar|^2 - S / N, the unbiased squared norm of the expected gradient. May be negative; the sign is kept, as
     * cutting it off would bias the average.
     */
    public double squaredGradient(double squaredNorm) {
        return squaredNorm - covarianceTrace(squaredNorm) / samples;
    }

    /**
     * phi = S / P of averaged S and P, in samples: the batch at which noise and signal are equal. 0 without noise,
     * infinity without signal. Source: McCandlish et al. 2018.
     */
    public static double noiseScale(double covarianceTrace, double squaredGradient) {
        if (covarianceTrace <= 0) return 0;
        return squaredGradient <= 1e-12 * covarianceTrace
                ? Double.POSITIVE_INFINITY
                : covarianceTrace / squaredGradient;
    }
}
