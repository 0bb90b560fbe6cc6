package dev.millrace.model.optimizer;

/**
 * One rule that turns a mean gradient into new parameters. Pure: the result depends on the arguments alone, bit for
 * bit, and the inputs stay untouched; the caller owns both buffers and accepts a step by swapping them.
 */
public interface Optimizer {

    /** What its state means: states of the same kind can take each other's place. */
    String kind();

    /** Whether it divides by the gradient's own size, so that a step is as long whatever the gradient is multiplied by. */
    boolean normalizes();

    /** State before the first step. */
    OptimizerState init(int parameters);

    /**
     * Applies one step.
     *
     * @param step number of this step, from 1
     * @param learningRate of this step, from the schedule
     * @param gradient mean gradient, [parameters]
     * @param state before the step
     * @param parameters before the step, [parameters]
     * @param nextState receives the state after the step
     * @param nextParameters receives the parameters after the step, [parameters]
     */
    void update(
            long step,
            double learningRate,
            float[] gradient,
            OptimizerState state,
            float[] parameters,
            OptimizerState nextState,
            float[] nextParameters);
}
