package dev.millrace.model.engine;

import dev.millrace.model.loss.LossSums;
import dev.millrace.model.table.TouchedRows;

/**
 * What one mini-batch adds to a step: sums, never means, so that contributions of any size add up and the parameter
 * server divides once. Overwritten by each call of {@link GradientEngine#lossAndGradient}.
 */
public final class GradientSum {
    /** sum_i weight_i * d loss_i / d parameters, of all parameters before the tables, [dense parameters]. */
    public final float[] gradient;

    /** The same of each table, of the rows touched: the engine's, valid until its next call. [tables] */
    public TouchedRows[] rows = {};

    /**
     * What the model predicted before learning from the batch, with dropout's masks if it has any, [rows, outputs],
     * row-major; at least this long.
     */
    public float[] predictions = new float[0];

    /** Number of samples, zero weights included. */
    public int samples;

    /** sum_i weight_i. */
    public double weight;

    /** sum_i weight_i * loss_i. */
    public double lossSum;

    /** sum_i weight_i * loss_i^2, for the spread of the loss. */
    public double lossSquaredSum;

    /**
     * Whether {@link #squaredNormSum} is wanted: a pass over all activations, some tenth of a step. Convolutions compute
     * each sample's gradient apart for it.
     */
    public final boolean withNorms;

    /** sum_i |weight_i * d loss_i / d parameters|^2, the samples' own gradients; NaN if not wanted. */
    public double squaredNormSum = Double.NaN;

    /** Mean losses of each 32 samples in their order, the first {@link #pieceCount} count; see {@link LossSums}. */
    public float[] pieceLosses = new float[0];

    public int pieceCount;

    /** @param denseParameters all but those in tables */
    public GradientSum(int denseParameters) {
        this(denseParameters, false);
    }

    /** @param denseParameters all but those in tables */
    public GradientSum(int denseParameters, boolean withNorms) {
        this.gradient = new float[denseParameters];
        this.withNorms = withNorms;
    }
}
