package dev.millrace.pipeline.server;

import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.batchsize.StepReading;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.optimizer.OptimizerState;
import dev.millrace.model.optimizer.UpdateRule;
import dev.millrace.model.schedule.LearningRateSchedule;
import dev.millrace.pipeline.gradient.Gradient;
import dev.millrace.pipeline.minibatch.SplitProgress;
import java.util.Arrays;

/**
 * The arithmetic of a step: adds gradients, divides once, applies the optimizer, bumps the version. Knows nothing of
 * Flink, workers or time. New parameters are written beside the old ones and accepted by swapping the two, so a refused
 * step leaves every bit as it was.
 */
final class Trainer {
    /** Whether a step divides the gradient sum by the weight of its samples. */
    enum Reduction {
        /** theta - alpha * sum_i w_i g_i / sum_i w_i. */
        MEAN,
        /** theta - alpha * sum_i w_i g_i. */
        SUM
    }

    private final TrainingState state;
    private final UpdateRule rule;
    private final LearningRateSchedule schedule;
    private final BatchSizeController batchSize;
    private final Reduction reduction;
    private float[] spareParameters;
    private OptimizerState spareOptimizerState;
    private double learningRate;
    private double gradientNorm;

    Trainer(
            TrainingState state,
            UpdateRule rule,
            LearningRateSchedule schedule,
            BatchSizeController batchSize,
            Reduction reduction) {
        this.state = state;
        this.rule = rule;
        this.schedule = schedule;
        this.batchSize = batchSize;
        this.reduction = reduction;
        this.spareParameters = new float[state.parameters.length];
        this.spareOptimizerState = rule.init(state.parameters.length);
        this.learningRate = schedule.rate(state.steps + 1);
    }

    /** Adds a block of a gradient, and with its last block the sums beside it. */
    void add(Gradient gradient) {
        float[] sum = state.gradientSum;
        float[] values = gradient.values;
        int offset = gradient.offset;
        int from = gradient.from;
        for (int i = 0; i < gradient.length; i++) sum[offset + i] += values[from + i];
        Gradient.Summary summary = gradient.summary;
        if (summary == null) return;
        state.pending.merge(summary.outcomes());
        state.pendingSamples += summary.samples();
        state.pendingProgress.add(summary.progress());
        state.pendingMaxEventTime = Math.max(state.pendingMaxEventTime, summary.maxEventTime());
        if (gradient.version < state.version) state.staleGradients++;
    }

    /** Whether at least one whole gradient is in. */
    boolean hasContribution() {
        return state.pendingSamples > 0;
    }

    /** The sums of the step under way. */
    Outcomes pending() {
        return state.pending;
    }

    int pendingSamples() {
        return state.pendingSamples;
    }

    /**
     * Closes the step under way. The version rises in any case, so that workers go on; parameters and optimizer state
     * change only if everything stayed finite.
     *
     * @return whether the step was accepted
     */
    boolean close() {
        Outcomes outcomes = state.pending;
        int samples = state.pendingSamples;
        boolean accepted = update(outcomes);
        state.version++;
        if (accepted) {
            state.steps++;
            state.totalSamples += samples;
            state.refusedInARow = 0;
            state.metrics.add(samples, outcomes);
            if (outcomes.weight() > 0) {
                state.lastLoss = outcomes.lossSum() / outcomes.weight();
                state.batchSize = batchSize.observe(state.batchSize, StepReading.ofLoss(samples, state.lastLoss));
            }
        } else {
            state.refusedSteps++;
            state.refusedInARow++;
        }
        state.progress.add(state.pendingProgress); // of a refused step too: its samples are spent, and counted
        state.maxEventTime = Math.max(state.maxEventTime, state.pendingMaxEventTime);
        Arrays.fill(state.gradientSum, 0);
        state.pending = new Outcomes();
        state.pendingProgress = new SplitProgress();
        state.pendingMaxEventTime = Long.MIN_VALUE;
        state.pendingSamples = 0;
        return accepted;
    }

    private boolean update(Outcomes outcomes) {
        if (outcomes.weight() == 0) return true; // samples of weight zero: counted, no effect
        learningRate = schedule.rate(state.steps + 1);
        double divisor = reduction == Reduction.MEAN ? outcomes.weight() : 1;
        boolean accepted = Double.isFinite(outcomes.lossSum())
                && rule.apply(
                        state.steps + 1,
                        learningRate,
                        divisor,
                        state.gradientSum,
                        state.optimizerState,
                        state.parameters,
                        spareOptimizerState,
                        spareParameters);
        gradientNorm = rule.gradientNorm();
        if (!accepted) return false;
        float[] parameters = state.parameters;
        state.parameters = spareParameters;
        spareParameters = parameters;
        OptimizerState optimizerState = state.optimizerState;
        state.optimizerState = spareOptimizerState;
        spareOptimizerState = optimizerState;
        return true;
    }

    TrainingState state() {
        return state;
    }

    /** Of the last step. */
    double learningRate() {
        return learningRate;
    }

    /** 2-norm of the last mean gradient, before clipping. */
    double gradientNorm() {
        return gradientNorm;
    }
}
