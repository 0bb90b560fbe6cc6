package dev.millrace.pipeline.server;

import dev.millrace.model.batchsize.BatchSizeState;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.metric.PrequentialMetrics;
import dev.millrace.model.optimizer.OptimizerState;
import dev.millrace.model.optimizer.UpdateRule;
import dev.millrace.model.table.Table;
import dev.millrace.model.table.TouchedRows;
import dev.millrace.pipeline.minibatch.SplitProgress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that the parameter server knows of a model: what a checkpoint holds and what the next step depends on. It
 * includes the sums of the step under way, since their samples have left the workers' queues.
 */
final class TrainingState {
    String modelJson;

    /** How the records learnt from became inputs, as JSON; empty if they held them ready, null if that is unknown. */
    @Nullable
    String features;

    String optimizer; // the kind of its state
    float[] parameters; // [parameters before the tables]
    OptimizerState optimizerState;
    List<Table> tables;
    BatchSizeState batchSize;
    PrequentialMetrics metrics;

    /** Version of the parameters; rises with every step, refused ones included, and with every restore. */
    long version = 1;

    long steps;

    /** Steps since the optimizer's state began; a drift may begin it anew. */
    long optimizerSteps;

    /** Mean gradient of the last step; of length 0 unless the batch-size policy wants it. */
    float[] gradientBefore = new float[0];

    /** The same of each table; of length 0 unless the policy wants it. */
    TouchedRows[] rowsBefore = {};

    /** Parameters from which the batch-size policy measures how far they have come; of length 0 unless it does. */
    float[] anchor = new float[0];

    /** What rows of the tables were at the anchor, if they were touched since; of length 0 without anchor. */
    TouchedRows[] rowsAtAnchor = {};

    /** The drift detector's. */
    double[] drift = new double[0];

    long drifts;
    long totalSamples;
    long staleGradients;
    long refusedSteps;
    int refusedInARow;
    long publishedVersion;
    double lastLoss = Double.NaN;
    long maxEventTime = Long.MIN_VALUE;

    /** Those that were read; a split is known by the place of its topic here. Empty if an earlier release wrote the state. */
    List<String> topics = List.of();

    /** What the parameters have learnt from. */
    SplitProgress progress = new SplitProgress();

    /** What commands have changed. */
    Overrides overrides = Overrides.NONE;

    /** What was published of it, and who is the champion. */
    Standing standing = Standing.NONE;

    /** What the workers compute with. */
    EnginesInUse engines = new EnginesInUse();
    /** The second model that learns from the same samples; null for none, and for that one itself. */
    @Nullable
    Challenge challenge;

    // The step under way.
    final float[] gradientSum; // [parameters before the tables]
    TouchedRows[] rowSums; // [tables]
    int pendingSamples;
    StepSignals signals = new StepSignals();
    Outcomes pending = new Outcomes();
    SplitProgress pendingProgress = new SplitProgress();
    long pendingMaxEventTime = Long.MIN_VALUE;

    TrainingState(
            String modelJson,
            String optimizer,
            float[] parameters,
            OptimizerState optimizerState,
            List<Table> tables,
            BatchSizeState batchSize,
            PrequentialMetrics metrics) {
        this.modelJson = modelJson;
        this.optimizer = optimizer;
        this.parameters = parameters;
        this.optimizerState = optimizerState;
        this.tables = tables;
        this.rowSums = touched();
        this.batchSize = batchSize;
        this.metrics = metrics;
        this.gradientSum = new float[parameters.length];
    }

    void setTables(List<Table> restored) {
        tables = restored;
        rowSums = touched();
    }

    /** Forgets what the optimizer remembers. */
    void beginOptimizer(UpdateRule rule) {
        optimizerState = rule.init(parameters.length);
        tables = tables.stream()
                .map(table -> rule.table(table.rows(), table.width(), table.values()))
                .toList();
        optimizerSteps = 0;
    }

    /** Distances count from the parameters of now on. */
    void anchor() {
        if (anchor.length != parameters.length) anchor = new float[parameters.length];
        System.arraycopy(parameters, 0, anchor, 0, parameters.length);
        if (rowsAtAnchor.length != tables.size()) rowsAtAnchor = touched();
        for (TouchedRows rows : rowsAtAnchor) rows.clear();
    }

    /** Rows of each table, none yet. */
    TouchedRows[] touched() {
        return tables.stream().map(Table::touched).toArray(TouchedRows[]::new);
    }

    /** All parameters in the order of the layout; the tables are copied. */
    float[] allParameters() {
        int size = parameters.length;
        if (tables.isEmpty()) return parameters;
        for (Table table : tables) size += table.values().length;
        float[] all = Arrays.copyOf(parameters, size);
        int at = parameters.length;
        for (Table table : tables) {
            System.arraycopy(table.values(), 0, all, at, table.values().length);
            at += table.values().length;
        }
        return all;
    }
}
