package dev.millrace.model.batchsize;

/**
 * Exponential averages (0.95 an update) of S, P and I = &lt;gbar_k, gbar_(k-1)&gt;, each apart: a ratio must never be smoothed,
 * as its mean is not the ratio of means. The bias of the start is divided out. An update with fewer than two
 * micro-batches changes none of them.
 *
 * @param covariance decayed sum of S
 * @param squared decayed sum of P
 * @param weight of both, 1 - 0.95^k
 * @param product decayed sum of I
 * @param productWeight its weight
 * @param estimates k
 */
record GradientAverages(
        double covariance, double squared, double weight, double product, double productWeight, long estimates) {
    static final GradientAverages NONE = new GradientAverages(0, 0, 0, 0, 0, 0);
    static final int LENGTH = 6;
    private static final double BETA = 0.95;
    private static final double MIN_CURVATURE = 1.0 / 16;
    private static final double MAX_CURVATURE = 1;

    /** Adds S and P of an update; NaN leaves all as it is. I may be NaN apart. */
    GradientAverages observe(double s, double p, double i) {
        return observe(s, p, i, BETA);
    }

    GradientAverages observe(double s, double p, double i, double beta) {
        if (!Double.isFinite(s) || !Double.isFinite(p)) return this;
        boolean hasProduct = Double.isFinite(i);
        return new GradientAverages(
                beta * covariance + (1 - beta) * s,
                beta * squared + (1 - beta) * p,
                beta * weight + (1 - beta),
                hasProduct ? beta * product + (1 - beta) * i : product,
                hasProduct ? beta * productWeight + (1 - beta) : productWeight,
                estimates + 1);
    }

    /** Without I, whose gradients belong to parameters that were replaced. */
    GradientAverages withoutProduct() {
        return new GradientAverages(covariance, squared, weight, 0, 0, estimates);
    }

    /** Averaged S; NaN before the first estimate. */
    double meanCovariance() {
        return covariance / weight;
    }

    /** Averaged P; NaN before the first estimate. */
    double meanSquared() {
        return squared / weight;
    }

    /** phi, samples; NaN before the first estimate. */
    double noiseScale() {
        return weight == 0 ? Double.NaN : GradientStatistics.noiseScale(meanCovariance(), meanSquared());
    }

    /**
     * u = (P - I) / (P + S / B) in 1/16..1, with negative P as 0: the step times the curvature along the gradient,
     * measured for plain gradient descent. NaN until I is known.
     *
     * @param batchSize B that was in force
     */
    double curvature(double batchSize) {
        if (productWeight == 0) return Double.NaN;
        double p = Math.max(meanSquared(), 0);
        double measured = p + Math.max(meanCovariance(), 0) / batchSize;
        double u = measured > 0 ? (p - product / productWeight) / measured : 0;
        return Math.min(Math.max(u, MIN_CURVATURE), MAX_CURVATURE);
    }

    void write(double[] to, int at) {
        to[at] = covariance;
        to[at + 1] = squared;
        to[at + 2] = weight;
        to[at + 3] = product;
        to[at + 4] = productWeight;
        to[at + 5] = estimates;
    }

    static GradientAverages read(double[] from, int at) {
        return new GradientAverages(
                from[at], from[at + 1], from[at + 2], from[at + 3], from[at + 4], (long) from[at + 5]);
    }
}
