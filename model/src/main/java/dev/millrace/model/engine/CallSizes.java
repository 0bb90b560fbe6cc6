package dev.millrace.model.engine;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterLayout;

/**
 * The sizes of a model, and what the calls of an engine must keep of them: else it would read or write memory that is not its own.
 *
 * @param inputs features of a sample
 * @param outputs predictions of a sample
 * @param labels of a sample
 * @param parameters of the flat vector
 * @param dense those before the tables
 */
public record CallSizes(int inputs, int outputs, int labels, int parameters, int dense) {

    /** Those of a model. */
    public static CallSizes of(ModelSpec spec) {
        ParameterLayout layout = spec.layout();
        return new CallSizes(spec.inputs(), spec.outputs(), spec.labelWidth(), layout.size(), layout.denseSize());
    }

    /** @throws IllegalArgumentException if a block does not lie within the parameters, or has fewer values than are said */
    public void checkBlock(int offset, float[] block, int length) {
        if (offset >= 0 && length >= 0 && length <= block.length && length <= parameters - offset) return;
        throw new IllegalArgumentException("a block must lie within the " + parameters
                + " parameters. Received: offset " + offset + ", length " + length + " of " + block.length);
    }

    /** @throws IllegalArgumentException if a batch is of samples of another model, or nothing may go through at once */
    public void checkBatch(SampleBatch batch, int microBatch) {
        if (microBatch < 1) throw new IllegalArgumentException("microBatch must be >= 1. Received: " + microBatch);
        if (batch.featureWidth() == inputs && batch.labelWidth() == labels) return;
        throw new IllegalArgumentException("the model takes " + inputs + " features and " + labels
                + " labels. Received: " + batch.featureWidth() + " and " + batch.labelWidth());
    }

    /** Makes room for the predictions of a batch. @throws IllegalArgumentException if the gradient is of another model */
    public void prepare(GradientSum into, SampleBatch batch) {
        if (into.gradient.length != dense) {
            throw new IllegalArgumentException(
                    "the gradient must have " + dense + " values. Received: " + into.gradient.length);
        }
        int predictions = batch.rows() * outputs;
        if (into.predictions.length < predictions) into.predictions = new float[predictions];
    }

    /** @throws IllegalArgumentException if there is no room for the predictions of a batch */
    public void checkPredictions(float[] predictions, SampleBatch batch) {
        if (predictions.length >= batch.rows() * outputs) return;
        throw new IllegalArgumentException("predictions must have room for " + batch.rows() * outputs
                + " values. Received: " + predictions.length);
    }
}
