package dev.millrace.model.batchsize;

/**
 * What one closed step tells the controller. It is measured, so nothing is refused here: what cannot be used is
 * recognized and left out.
 *
 * @param statistics sums over the step's micro-batches
 * @param squaredNorm |gbar|^2 of the mean gradient before clipping; NaN where unknown
 * @param product of this mean gradient and the one before; NaN where unknown
 * @param learningRate that the step used; NaN where unknown
 * @param squaredDistance |theta - theta_0|^2 after the step, where a policy asked for it; else NaN
 * @param seconds the step took; while live without waiting for samples, as they are not there yet, while catching up with
 *     it, as then reading them is what takes long; NaN where unknown
 * @param arrivalRate samples per second that arrive, smoothed by whoever measures it; NaN where unknown
 * @param lag samples that wait to be read; NaN where unknown
 * @param accepted false for a step that was refused because a loss or gradient was not finite
 * @param drift whether the drift detector fired; this step closed early
 */
public record StepReading(
        GradientStatistics statistics,
        double squaredNorm,
        double product,
        double learningRate,
        double squaredDistance,
        double seconds,
        double arrivalRate,
        double lag,
        boolean accepted,
        boolean drift) {
    private static final double NO = Double.NaN;

    /** Beyond it squares and sums of squares overflow. */
    private static final double HUGE = 1e100;

    /** A step of which only the loss is known. */
    public static StepReading ofLoss(long samples, double meanLoss) {
        return of(GradientStatistics.ofLoss(samples, meanLoss));
    }

    /** A step of which nothing else is known. */
    public static StepReading of(GradientStatistics statistics) {
        return new StepReading(statistics, NO, NO, NO, NO, NO, NO, NO, true, false);
    }

    /** With |gbar|^2 and the product with the gradient before. */
    public StepReading withGradient(double norm, double withBefore) {
        return new StepReading(
                statistics,
                norm,
                withBefore,
                learningRate,
                squaredDistance,
                seconds,
                arrivalRate,
                lag,
                accepted,
                drift);
    }

    /** With the learning rate that was used. */
    public StepReading withLearningRate(double rate) {
        return new StepReading(
                statistics, squaredNorm, product, rate, squaredDistance, seconds, arrivalRate, lag, accepted, drift);
    }

    /** With |theta - theta_0|^2. */
    public StepReading withDistance(double squared) {
        return new StepReading(
                statistics, squaredNorm, product, learningRate, squared, seconds, arrivalRate, lag, accepted, drift);
    }

    /** With step time, arrival rate and lag. */
    public StepReading withTiming(double took, double arriving, double waiting) {
        return new StepReading(
                statistics,
                squaredNorm,
                product,
                learningRate,
                squaredDistance,
                took,
                arriving,
                waiting,
                accepted,
                drift);
    }

    /** The same step, at which the drift detector fired. */
    public StepReading withDrift() {
        return new StepReading(
                statistics,
                squaredNorm,
                product,
                learningRate,
                squaredDistance,
                seconds,
                arrivalRate,
                lag,
                accepted,
                true);
    }

    /** The same step, refused. */
    public StepReading refused() {
        return new StepReading(
                statistics,
                squaredNorm,
                product,
                learningRate,
                squaredDistance,
                seconds,
                arrivalRate,
                lag,
                false,
                drift);
    }

    /** N. */
    public long samples() {
        return statistics.samples();
    }

    /** Whether the step was refused or would poison an average. Infinity is broken, NaN of the gradient is unknown. */
    public boolean isBroken() {
        return !accepted
                || !(Math.abs(statistics.meanLoss()) < HUGE)
                || (statistics.groups() >= 2 && !(Math.abs(statistics.weightedSquares()) < HUGE))
                || Math.abs(squaredNorm) >= HUGE
                || Math.abs(product) >= HUGE;
    }
}
