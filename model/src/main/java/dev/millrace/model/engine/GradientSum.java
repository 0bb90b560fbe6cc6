package dev.millrace.model.engine;

/**
 * What one mini-batch adds to a step: sums, never means, so that contributions of any size add up and the parameter
 * server divides once. Overwritten by each call of {@link GradientEngine#lossAndGradient}.
 */
public final class GradientSum {
    /** sum_i weight_i * d loss_i / d parameters, [parameters]. */
    public final float[] gradient;

    /** What the model predicted before learning from the batch, [rows, outputs], row-major; at least this long. */
    public float[] predictions = new float[0];

    /** Number of samples, zero weights included. */
    public int samples;

    /** sum_i weight_i. */
    public double weight;

    /** sum_i weight_i * loss_i. */
    public double lossSum;

    /** sum_i weight_i * loss_i^2, for the spread of the loss. */
    public double lossSquaredSum;

    public GradientSum(int parameters) {
        gradient = new float[parameters];
    }
}
