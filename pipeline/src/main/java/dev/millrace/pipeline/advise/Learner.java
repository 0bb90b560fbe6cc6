package dev.millrace.pipeline.advise;

import dev.millrace.model.batchsize.GradientStatistics;
import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.optimizer.OptimizerSpec;
import dev.millrace.model.optimizer.OptimizerState;
import dev.millrace.model.optimizer.TableGradients;
import dev.millrace.model.optimizer.UpdateRule;
import dev.millrace.model.schedule.LearningRateSchedule;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.model.table.Table;
import dev.millrace.model.table.TouchedRows;
import dev.millrace.pipeline.config.Reduction;
import dev.millrace.pipeline.config.TrainingConfig;
import java.util.Arrays;
import java.util.List;

/** One worker and the parameter server in a single thread: the engine and the update rule of the job, step by step. */
final class Learner implements AutoCloseable {
    private final ModelSpec spec;
    private final SampleBatch samples;
    private final UpdateRule rule;
    private final boolean mean;
    private final int microBatch;
    private final GradientEngine engine;
    private final GradientSum sum;
    private final GradientSum sumWithNorms;
    private final SampleBatch batch;
    private final ParameterLayout layout;
    private List<Table> tables = List.of();
    private float[] parameters;
    private float[] spareParameters;
    private OptimizerState state;
    private OptimizerState spareState;
    private LearningRateSchedule schedule = step -> 0;
    private long steps;
    private boolean accepted;
    private GradientStatistics statistics = GradientStatistics.NONE;
    private double squaredNorm = Double.NaN;

    Learner(TrainingConfig config, ModelSpec spec, SampleBatch samples) {
        this.spec = spec;
        this.samples = samples;
        this.rule = OptimizerSpec.of(config.optimizer()).rule(spec);
        this.mean = config.training().reduction() == Reduction.MEAN;
        this.microBatch = config.batch().microBatch(spec);
        this.engine = Engines.factory("nd4j").create(spec);
        this.layout = spec.layout();
        int size = layout.denseSize();
        this.sum = new GradientSum(size);
        this.sumWithNorms = new GradientSum(size, true);
        this.batch = new SampleBatch(spec.inputs(), spec.labelWidth(), 1);
        this.parameters = new float[size];
        this.spareParameters = new float[size];
        this.state = rule.init(size);
        this.spareState = rule.init(size);
    }

    /** Begins a new model. */
    void begin(long seed, LearningRateSchedule learningRate) {
        float[] all = spec.initialParameters(seed);
        parameters = Arrays.copyOf(all, layout.denseSize());
        tables = rule.tables(layout, all);
        state = rule.init(parameters.length);
        schedule = learningRate;
        steps = 0;
        accepted = true;
        engine.upload(0, all, all.length);
    }

    /**
     * Learns from the samples {@code from..to} in one step.
     *
     * @return how they were predicted before
     */
    Outcomes learn(int from, int to) {
        return step(from, to, sum);
    }

    /** The same, and looks at the samples' own gradients. */
    Outcomes learnWithNorms(int from, int to) {
        Outcomes outcomes = step(from, to, sumWithNorms);
        double meanWeight = outcomes.weight() / (to - from);
        double squares = sumWithNorms.squaredNormSum / (meanWeight * meanWeight);
        statistics = new GradientStatistics(to - from, to - from, squares, outcomes.lossSum(), Double.NaN);
        double norm = mean ? rule.gradientNorm() : rule.gradientNorm() / outcomes.weight();
        squaredNorm = norm * norm;
        return outcomes;
    }

    /** How the model predicts the samples {@code from..to}; learns nothing. */
    Outcomes judge(int from, int to) {
        fill(from, to);
        engine.lossAndGradient(batch, microBatch, sum);
        return Outcomes.of(spec.loss(), spec.outputs(), batch, sum);
    }

    private Outcomes step(int from, int to, GradientSum into) {
        fill(from, to);
        engine.lossAndGradient(batch, microBatch, into);
        Outcomes outcomes = Outcomes.of(spec.loss(), spec.outputs(), batch, into);
        if (outcomes.weight() > 0) update(outcomes, into);
        return outcomes;
    }

    private void update(Outcomes outcomes, GradientSum into) {
        accepted = Double.isFinite(outcomes.lossSum())
                && rule.apply(
                        steps + 1,
                        schedule.rate(steps + 1),
                        mean ? outcomes.weight() : 1,
                        into.gradient,
                        new float[0],
                        state,
                        parameters,
                        spareState,
                        spareParameters,
                        new TableGradients(into.rows, new TouchedRows[0]),
                        tables);
        if (!accepted) return;
        steps++;
        float[] oldParameters = parameters;
        parameters = spareParameters;
        spareParameters = oldParameters;
        OptimizerState oldState = state;
        state = spareState;
        spareState = oldState;
        engine.upload(0, parameters, parameters.length);
        for (int t = 0; t < into.rows.length; t++) {
            TouchedRows rows = into.rows[t];
            rows.fill(tables.get(t).values());
            engine.uploadRows(t, rows.ids(), rows.values(), rows.count());
        }
    }

    private void fill(int from, int to) {
        int rows = to - from;
        int features = spec.inputs();
        int labels = spec.labelWidth();
        batch.setRows(rows);
        System.arraycopy(samples.features(), from * features, batch.features(), 0, rows * features);
        System.arraycopy(samples.labels(), from * labels, batch.labels(), 0, rows * labels);
        System.arraycopy(samples.weights(), from, batch.weights(), 0, rows);
    }

    /** Whether the last step was finite; the job refuses those that are not. */
    boolean accepted() {
        return accepted;
    }

    /** S of the last step with norms; NaN for a single sample. */
    double covarianceTrace() {
        return statistics.covarianceTrace(squaredNorm);
    }

    /** P of the last step with norms; NaN for a single sample. */
    double squaredGradient() {
        return statistics.squaredGradient(squaredNorm);
    }

    @Override
    public void close() {
        engine.close();
    }
}
