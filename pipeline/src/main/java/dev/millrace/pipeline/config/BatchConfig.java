package dev.millrace.pipeline.config;

import dev.millrace.model.drift.DriftKind;
import dev.millrace.model.spec.ModelSpec;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How large batches are and how they are closed.
 *
 * @param size global batch of the first step, samples
 * @param min smallest global batch the policy may ask for
 * @param max largest
 * @param plateau parameters of the loss-plateau policy
 * @param adaptive parameters of the policies that go by gradients
 * @param maxAge after which an unfilled mini-batch is closed
 * @param memoryBudget of one worker for what goes through the engine at once, bytes
 * @param micro samples that go through the engine at once; null for what fits the budget
 */
public record BatchConfig(
        int size,
        BatchPolicy policy,
        int min,
        int max,
        Plateau plateau,
        Adaptive adaptive,
        Duration maxAge,
        long memoryBudget,
        @Nullable Integer micro)
        implements Serializable {

    /**
     * When the loss counts as settled, and what follows.
     *
     * @param window steps
     * @param tolerance relative fall of the loss
     * @param factor by which the batch grows
     * @param cooldown steps
     */
    public record Plateau(int window, double tolerance, double factor, int cooldown) implements Serializable {}

    /**
     * Constants of the adaptive policies.
     *
     * @param updatesLive annealed: steps in which the samples learnt from grow e-fold, while the stream is followed
     * @param updatesCatchUp annealed: the same while a backlog is worked off
     * @param scheduleUpdates schedule: the same
     * @param squaredTolerance norm-test: largest variance of the mean gradient, in its squared norm
     * @param lossFloor cabs: smallest loss that can be reached
     * @param drift what notices that the stream has changed
     * @param resetOptimizer whether a drift begins the optimizer's state anew
     */
    public record Adaptive(
            double updatesLive,
            double updatesCatchUp,
            double scheduleUpdates,
            double squaredTolerance,
            double lossFloor,
            DriftKind drift,
            boolean resetOptimizer)
            implements Serializable {}

    /** Samples of this model that go through the engine at once: as configured, or what fits the memory budget. */
    public int microBatch(ModelSpec spec) {
        return microBatch(List.of(spec));
    }

    /** The same for models that share the budget. */
    public int microBatch(List<ModelSpec> specs) {
        if (micro != null) return micro;
        long perSample = specs.stream().mapToLong(BatchConfig::bytesPerSample).sum();
        return (int) Math.max(1, Math.min(memoryBudget / perSample, 1 << 20));
    }

    /** What one sample takes while it goes through the engine: features, labels, weight, activations and their gradients. */
    public static long bytesPerSample(ModelSpec spec) {
        long floats = (long) spec.inputs() + spec.labelWidth() + 1 + spec.keptPerSample();
        return floats * Float.BYTES;
    }

    static BatchConfig of(OptionValues values) {
        return new BatchConfig(
                values.get(TrainingOptions.BATCH_SIZE),
                values.get(TrainingOptions.BATCH_POLICY),
                values.get(TrainingOptions.BATCH_MIN),
                values.get(TrainingOptions.BATCH_MAX),
                new Plateau(
                        values.get(TrainingOptions.BATCH_PLATEAU_WINDOW),
                        values.get(TrainingOptions.BATCH_PLATEAU_TOLERANCE),
                        values.get(TrainingOptions.BATCH_PLATEAU_FACTOR),
                        values.get(TrainingOptions.BATCH_PLATEAU_COOLDOWN)),
                new Adaptive(
                        values.get(TrainingOptions.BATCH_ANNEALED_UPDATES_LIVE),
                        values.get(TrainingOptions.BATCH_ANNEALED_UPDATES_CATCH_UP),
                        values.get(TrainingOptions.BATCH_SCHEDULE_UPDATES),
                        values.get(TrainingOptions.BATCH_NORM_TEST_SQUARED_TOLERANCE),
                        values.get(TrainingOptions.BATCH_CABS_LOSS_FLOOR),
                        values.get(TrainingOptions.BATCH_DRIFT_DETECTOR),
                        values.get(TrainingOptions.BATCH_DRIFT_RESET_OPTIMIZER)),
                values.get(TrainingOptions.BATCH_MAX_AGE),
                values.get(TrainingOptions.BATCH_MEMORY_BUDGET).getBytes(),
                values.find(TrainingOptions.BATCH_MICRO));
    }
}
