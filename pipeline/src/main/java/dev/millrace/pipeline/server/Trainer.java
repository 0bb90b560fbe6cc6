package dev.millrace.pipeline.server;

import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.batchsize.GradientStatistics;
import dev.millrace.model.batchsize.StepReading;
import dev.millrace.model.drift.DriftDetector;
import dev.millrace.model.drift.DriftDetectors;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.optimizer.OptimizerState;
import dev.millrace.model.optimizer.TableGradients;
import dev.millrace.model.optimizer.UpdateRule;
import dev.millrace.model.schedule.LearningRateSchedule;
import dev.millrace.model.spec.Moments;
import dev.millrace.model.table.Table;
import dev.millrace.model.table.TouchedRows;
import dev.millrace.pipeline.gradient.Gradient;
import dev.millrace.pipeline.minibatch.SplitProgress;
import java.util.Arrays;
import java.util.List;

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
    private final List<Moments> moments; // they follow the samples, not the gradient
    private final LearningRateSchedule schedule;
    private final BatchSettings batch;
    private final Reduction reduction;
    private float[] spareParameters;
    private OptimizerState spareOptimizerState;
    private BatchSizeController batchSize;
    private DriftDetector drift;
    private boolean challenger;
    private TouchedRows[] changedRows;
    private double learningRate;
    private double gradientNorm;
    private double product;

    Trainer(
            TrainingState state,
            UpdateRule rule,
            List<Moments> moments,
            LearningRateSchedule schedule,
            BatchSettings batch,
            BatchSizeController batchSize,
            DriftDetector drift,
            Reduction reduction) {
        this.state = state;
        this.rule = rule;
        this.moments = moments;
        this.schedule = schedule;
        this.batch = batch;
        this.batchSize = batchSize;
        this.drift = drift;
        this.reduction = reduction;
        this.spareParameters = new float[state.parameters.length];
        this.spareOptimizerState = rule.init(state.parameters.length);
        this.changedRows = state.touched();
        this.learningRate = schedule.rate(state.steps + 1);
    }

    /** Adds a block of a gradient of this model alone, and with its last block the sums beside it. */
    void add(Gradient gradient) {
        add(gradient, 0, 0);
        Gradient.Summary summary = gradient.summary;
        if (summary != null) add(gradient, summary, summary.outcomes(), summary.signals());
    }

    /**
     * Adds a block of a gradient.
     *
     * @param firstOffset where the model's flat vector begins in the gradient's
     * @param firstTable which of the gradient's tables is the model's first
     */
    void add(Gradient gradient, int firstOffset, int firstTable) {
        if (gradient.table == Gradient.DENSE) {
            add(state.gradientSum, gradient.offset - firstOffset, gradient.values, gradient.from, gradient.length);
        } else {
            state.rowSums[gradient.table - firstTable].add(
                    gradient.rows, gradient.values, gradient.from, gradient.rowCount);
        }
    }

    /** Adds the sums beside a gradient: with them it is whole. */
    void add(Gradient gradient, Gradient.Summary summary, Outcomes outcomes, Gradient.Signals signals) {
        state.pending.merge(outcomes);
        state.signals.add(signals);
        state.pendingSamples += summary.samples();
        state.pendingProgress.add(summary.progress());
        state.pendingMaxEventTime = Math.max(state.pendingMaxEventTime, summary.maxEventTime());
        if (gradient.version < state.version) state.staleGradients++;
    }

    /** A loop over the same index of both is vectorized, one over two places is not: five times the time. */
    private static void add(float[] sum, int offset, float[] values, int from, int length) {
        if (offset == 0 && from == 0) {
            for (int i = 0; i < length; i++) sum[i] += values[i];
        } else {
            for (int i = 0; i < length; i++) sum[offset + i] += values[from + i];
        }
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
    boolean close(StepTiming timing) {
        Outcomes outcomes = state.pending;
        boolean accepted = update(outcomes);
        state.version++;
        count(outcomes, accepted);
        if (outcomes.weight() > 0) resize(outcomes, accepted, timing);
        endStep(accepted);
        return accepted;
    }

    /**
     * Closes the step under way of a challenger, after the model's was closed: version, batch size and what a drift begins
     * anew are the model's, whether the step is accepted is its own.
     *
     * @param drifted whether the model's detector noticed a drift with this step
     */
    boolean follow(TrainingState model, boolean drifted) {
        Outcomes outcomes = state.pending;
        boolean accepted = update(outcomes);
        count(outcomes, accepted);
        endStep(accepted);
        if (drifted && batch.resetOptimizer()) state.beginOptimizer(rule);
        accompany(model);
        return accepted;
    }

    /** Takes over what model and challenger have in common. */
    void accompany(TrainingState model) {
        state.version = model.version;
        state.batchSize = model.batchSize;
    }

    private void count(Outcomes outcomes, boolean accepted) {
        int samples = state.pendingSamples;
        if (accepted) {
            state.steps++;
            state.totalSamples += samples;
            state.refusedInARow = 0;
            state.metrics.add(samples, outcomes);
            if (outcomes.weight() > 0) state.lastLoss = outcomes.lossSum() / outcomes.weight();
        } else {
            state.refusedSteps++;
            state.refusedInARow++;
        }
    }

    private void endStep(boolean accepted) {
        state.progress.add(state.pendingProgress); // of a refused step too: its samples are spent, and counted
        state.maxEventTime = Math.max(state.maxEventTime, state.pendingMaxEventTime);
        Arrays.fill(state.gradientSum, 0);
        passRows(accepted);
        state.pending = new Outcomes();
        state.pendingProgress = new SplitProgress();
        state.pendingMaxEventTime = Long.MIN_VALUE;
        state.pendingSamples = 0;
        state.signals.clear();
    }

    /** The rows of an accepted step have changed, and those of the next begin at none. */
    private void passRows(boolean accepted) {
        TouchedRows[] sums = state.rowSums;
        state.rowSums = changedRows;
        changedRows = sums;
        for (TouchedRows rows : state.rowSums) rows.clear();
        if (accepted) return;
        for (TouchedRows rows : changedRows) rows.clear();
    }

    /** Lets the controller decide on the next batch, and forgets what a drift made worthless. */
    private void resize(Outcomes outcomes, boolean accepted, StepTiming timing) {
        StepSignals signals = state.signals;
        int samples = state.pendingSamples;
        double meanWeight = outcomes.weight() / samples;
        double squares =
                signals.squaredNormSum / (meanWeight * meanWeight); // of what is averaged: weight / mean weight
        boolean known = !Double.isNaN(squares) && reduction == Reduction.MEAN; // of a sum |gbar|^2 is not at hand
        StepReading reading = new StepReading(
                new GradientStatistics(
                        samples, known ? samples : 0, known ? squares : 0, outcomes.loss() * samples, Double.NaN),
                gradientNorm * gradientNorm,
                product,
                learningRate,
                distance(accepted),
                timing.seconds(),
                timing.arrivalRate(),
                timing.lag(),
                accepted,
                accepted && drifted(signals));
        state.batchSize = batchSize.observe(state.batchSize, reading);
        if (batchSize.startsDistance(state.batchSize)) state.anchor();
        if (!reading.drift()) return;
        state.drifts++;
        if (!batch.resetOptimizer()) return;
        state.beginOptimizer(rule);
    }

    /** |theta - theta_0|^2 if the policy wants it now; else NaN. */
    private double distance(boolean accepted) {
        if (!accepted || !batchSize.wantsDistance(state.batchSize)) return Double.NaN;
        double sum = 0;
        int from = 0;
        for (Moments each : moments) {
            sum += squaredDistance(from, each.offset());
            from = each.end();
        }
        sum += squaredDistance(from, state.anchor.length);
        for (int t = 0; t < state.rowsAtAnchor.length; t++) {
            sum += squaredDistance(state.rowsAtAnchor[t], state.tables.get(t));
        }
        return sum;
    }

    private double squaredDistance(int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            double way = (double) state.parameters[i] - state.anchor[i];
            sum += way * way;
        }
        return sum;
    }

    private static double squaredDistance(TouchedRows from, Table to) {
        double sum = 0;
        int width = to.width();
        for (int i = 0; i < from.count(); i++) {
            int row = from.ids()[i] * width;
            for (int k = 0; k < width; k++) {
                double way = (double) to.values()[row + k] - from.values()[i * width + k];
                sum += way * way;
            }
        }
        return sum;
    }

    /** Rows that are touched for the first time since the anchor are still what they were there. */
    private void rememberAnchor() {
        for (int t = 0; t < state.rowsAtAnchor.length; t++) {
            TouchedRows held = state.rowsAtAnchor[t];
            TouchedRows touched = state.rowSums[t];
            Table table = state.tables.get(t);
            for (int i = 0; i < touched.count(); i++) {
                int row = touched.ids()[i];
                if (held.find(row) < 0) held.set(row, table.values(), row * table.width());
            }
        }
    }

    private boolean drifted(StepSignals signals) {
        boolean fired = false;
        for (int i = 0; i < signals.pieceCount; i++) fired |= drift.observe(signals.pieceLosses[i]);
        return fired;
    }

    private boolean update(Outcomes outcomes) {
        if (outcomes.weight() == 0) return true; // samples of weight zero: counted, no effect
        Double ordered = state.overrides.learningRate();
        double factor = challenger
                ? state.batchSize.gain() // the model's faults are not its own
                : state.batchSize.decision().learningRateFactor();
        learningRate = ordered == null ? schedule.rate(state.steps + 1) * factor : ordered;
        rememberAnchor();
        double divisor = reduction == Reduction.MEAN ? outcomes.weight() : 1;
        boolean accepted = Double.isFinite(outcomes.lossSum())
                && rule.apply(
                        state.optimizerSteps + 1,
                        learningRate,
                        divisor,
                        state.gradientSum,
                        state.gradientBefore,
                        state.optimizerState,
                        state.parameters,
                        spareOptimizerState,
                        spareParameters,
                        new TableGradients(state.rowSums, state.rowsBefore),
                        state.tables);
        gradientNorm = rule.gradientNorm();
        product = rule.product();
        if (!accepted) return false;
        state.optimizerSteps++;
        float[] parameters = state.parameters;
        state.parameters = spareParameters;
        spareParameters = parameters;
        OptimizerState optimizerState = state.optimizerState;
        state.optimizerState = spareOptimizerState;
        spareOptimizerState = optimizerState;
        return true;
    }

    /** Goes on as commands say: from the next step on, what has been measured stays. */
    void override(Overrides next) {
        boolean sameController = next.sameController(state.overrides);
        state.overrides = next;
        if (sameController) return;
        batchSize = batch.controllers().of(next);
        state.batchSize = batchSize.resume(state.batchSize);
        if (batchSize.startsDistance(state.batchSize)) state.anchor();
        drift = DriftDetectors.restore(batch.drift(batchSize), drift.state());
    }

    /** Trains from now on beside a model whose loop it is. */
    void challenge(TrainingState model) {
        challenger = true;
        state.anchor = new float[0];
        state.rowsAtAnchor = new TouchedRows[0];
        accompany(model);
    }

    /**
     * Takes the place of the model that it accompanied: the loop goes by its gradients from now on. What had been measured of the
     * other one's gradients and losses is not of this one, and a learning rate that was ordered for the other one is none for it.
     */
    void lead(Trainer model) {
        challenger = false;
        TrainingState before = model.state;
        state.overrides = before.overrides.withLearningRate(null);
        batchSize = batch.controllers().of(state.overrides);
        drift = DriftDetectors.create(batch.drift(batchSize));
        before.overrides = Overrides.NONE;
        state.drifts = before.drifts;
        state.version = before.version;
        state.batchSize = batchSize.modelReplaced(before.batchSize);
        if (batchSize.startsDistance(state.batchSize)) state.anchor();
        model.challenge(state);
    }

    /** Of each table, what the last step changed. */
    TouchedRows[] changedRows() {
        return changedRows;
    }

    TrainingState state() {
        return state;
    }

    /** The state for a checkpoint. */
    TrainingState snapshot() {
        state.drift = drift.state();
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
