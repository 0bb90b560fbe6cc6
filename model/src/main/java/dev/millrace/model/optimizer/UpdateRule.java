package dev.millrace.model.optimizer;

import dev.millrace.model.spec.Moments;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.model.table.Table;
import dev.millrace.model.table.TouchedRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A whole step on buffers that the caller owns, in the order that matters: divide once, check that everything is finite
 * (before the clip: a NaN norm would poison every element), clip, decay, optimize, check what came out. A step that is
 * not accepted leaves state and parameters as they were, because results go to other buffers.
 */
public final class UpdateRule {
    private static final float[] NOBODY = {};

    private final Optimizer optimizer;
    private final Clip clip;
    private final double l2;
    private final RunningMoments[] moments; // an array: no iterator at each step
    private final FiniteCheck check = new FiniteCheck();
    private TableStep[] tableSteps = {};
    private double gradientNorm;
    private double product = Double.NaN;

    /**
     * Makes a rule.
     *
     * @param l2 weight decay as a gradient, {@code g += l2 * theta}; 0 for none
     */
    public UpdateRule(Optimizer optimizer, Clip clip, double l2) {
        this(optimizer, clip, l2, List.of());
    }

    /**
     * Makes a rule.
     *
     * @param l2 weight decay as a gradient, {@code g += l2 * theta}; 0 for none
     * @param moments what among the parameters is no gradient's matter
     */
    public UpdateRule(Optimizer optimizer, Clip clip, double l2, List<Moments> moments) {
        if (!(l2 >= 0)) throw new IllegalArgumentException("optimizer.l2 must be >= 0. Received: " + l2);
        this.optimizer = optimizer;
        this.clip = clip;
        this.l2 = l2;
        this.moments = moments.stream().map(RunningMoments::new).toArray(RunningMoments[]::new);
    }

    /** What its state means; see {@link Optimizer#kind}. */
    public String kind() {
        return optimizer.kind();
    }

    /**
     * A model's tables before the first step.
     *
     * @param parameters of the whole model, in the order of the layout
     */
    public List<Table> tables(ParameterLayout layout, float[] parameters) {
        List<Table> tables = new ArrayList<>();
        for (ParameterBlock block : layout.tables()) {
            float[] values = Arrays.copyOfRange(parameters, block.offset(), block.offset() + block.size());
            tables.add(table(block.shape().get(0), block.shape().get(1), values));
        }
        return tables;
    }

    /** A table before the first step. */
    public Table table(int rows, int width, float[] values) {
        return new Table(rows, width, values, optimizer.init(values.length).slots());
    }

    /** State before the first step. */
    public OptimizerState init(int parameters) {
        return optimizer.init(parameters);
    }

    /** Computes one step whose gradient nobody compares with the one before. */
    public boolean apply(
            long step,
            double learningRate,
            double divisor,
            float[] gradientSum,
            OptimizerState state,
            float[] parameters,
            OptimizerState nextState,
            float[] nextParameters) {
        return apply(
                step,
                learningRate,
                divisor,
                gradientSum,
                NOBODY,
                state,
                parameters,
                nextState,
                nextParameters,
                TableGradients.NONE,
                List.of());
    }

    /**
     * Computes one step.
     *
     * @param step number of this step, from 1
     * @param divisor total weight of the samples, or 1 to apply the sum
     * @param gradientSum overwritten
     * @param before mean gradient of the step before, replaced by this one's; of length 0 if nobody wants their product
     * @param touched gradient sums of the tables' rows
     * @param tables changed in place if everything is finite
     * @return whether everything is finite; if not, ignore {@code nextState} and {@code nextParameters}
     */
    public boolean apply(
            long step,
            double learningRate,
            double divisor,
            float[] gradientSum,
            float[] before,
            OptimizerState state,
            float[] parameters,
            OptimizerState nextState,
            float[] nextParameters,
            TableGradients touched,
            List<Table> tables) {
        for (RunningMoments each : moments) each.take(gradientSum);
        divide(gradientSum, divisor);
        touched.divide(divisor);
        gradientNorm = Math.hypot(check.norm(gradientSum), touched.norm(check));
        if (!Double.isFinite(gradientNorm)) return false; // a sum of squares of floats does not overflow a double
        product = before.length == 0 ? Double.NaN : check.dot(gradientSum, before) + touched.productWithBefore();
        System.arraycopy(gradientSum, 0, before, 0, before.length);
        clip.apply(gradientSum, gradientSum.length, gradientNorm);
        touched.clip(clip, gradientNorm);
        if (l2 > 0) {
            float decay = (float) l2;
            for (int i = 0; i < gradientSum.length; i++) gradientSum[i] += decay * parameters[i];
        }
        optimizer.update(step, learningRate, gradientSum, state, parameters, nextState, nextParameters);
        for (RunningMoments each : moments) each.update(parameters, nextParameters);
        if (!check.allFinite(nextParameters)) return false;
        for (float[] slot : nextState.slots()) {
            if (!check.allFinite(slot)) return false;
        }
        return update(step, learningRate, touched.sums(), tables);
    }

    private boolean update(long step, double learningRate, TouchedRows[] sums, List<Table> tables) {
        if (tableSteps.length != tables.size()) begin(tables);
        for (int t = 0; t < sums.length; t++) {
            if (l2 > 0) tableSteps[t].decay(sums[t], tables.get(t), (float) l2);
            if (!tableSteps[t].update(step, learningRate, sums[t], tables.get(t))) return false;
        }
        for (int t = 0; t < sums.length; t++) tableSteps[t].commit(sums[t], tables.get(t));
        return true;
    }

    private void begin(List<Table> tables) {
        tableSteps = new TableStep[tables.size()];
        for (int t = 0; t < tableSteps.length; t++) {
            tableSteps[t] = new TableStep(optimizer, check, tables.get(t).width());
        }
    }

    /** In float, which is vectorized, if the divisor is one: samples of weight 1 are. */
    private static void divide(float[] values, double divisor) {
        float narrow = (float) divisor;
        if (narrow == divisor) {
            for (int i = 0; i < values.length; i++) values[i] /= narrow;
        } else {
            for (int i = 0; i < values.length; i++) values[i] = (float) (values[i] / divisor);
        }
    }

    /** 2-norm of the last mean gradient, before clipping; NaN or infinite if it was. */
    public double gradientNorm() {
        return gradientNorm;
    }

    /** Of the last mean gradient and the one before, before clipping; NaN if it is not known. */
    public double product() {
        return product;
    }
}
