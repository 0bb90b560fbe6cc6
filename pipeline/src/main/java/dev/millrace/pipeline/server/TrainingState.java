package dev.millrace.pipeline.server;

import dev.millrace.model.batchsize.BatchSizeState;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.metric.PrequentialMetrics;
import dev.millrace.model.optimizer.OptimizerState;
import dev.millrace.pipeline.minibatch.SplitProgress;
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
    float[] parameters; // [parameters]
    OptimizerState optimizerState;
    BatchSizeState batchSize;
    PrequentialMetrics metrics;

    /** Version of the parameters; rises with every step, refused ones included, and with every restore. */
    long version = 1;

    long steps;

    /** Steps since the optimizer's state began; a drift may begin it anew. */
    long optimizerSteps;

    /** Mean gradient of the last step; of length 0 unless the batch-size policy wants it. */
    float[] gradientBefore = new float[0];

    /** Parameters from which the batch-size policy measures how far they have come; of length 0 unless it does. */
    float[] anchor = new float[0];

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

    /** What the parameters have learnt from. */
    SplitProgress progress = new SplitProgress();

    /** What commands have changed. */
    Overrides overrides = Overrides.NONE;

    // The step under way.
    final float[] gradientSum; // [parameters]
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
            BatchSizeState batchSize,
            PrequentialMetrics metrics) {
        this.modelJson = modelJson;
        this.optimizer = optimizer;
        this.parameters = parameters;
        this.optimizerState = optimizerState;
        this.batchSize = batchSize;
        this.metrics = metrics;
        this.gradientSum = new float[parameters.length];
    }

    /** Distances count from the parameters of now on. */
    void anchor() {
        if (anchor.length != parameters.length) anchor = new float[parameters.length];
        System.arraycopy(parameters, 0, anchor, 0, parameters.length);
    }
}
