package dev.millrace.pipeline.config;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How steps are made: the {@code training.*} options.
 *
 * @param staleness steps a worker may be ahead; {@link Integer#MAX_VALUE} for unbounded
 * @param stepDeadline after which a step is closed without the workers that have not answered
 * @param maxConsecutiveRefusals steps in a row that may be refused before the job fails
 * @param initialParameters where a model without a checkpoint begins; null for the layers' initializers
 * @param acceptChangedModel whether to continue from a checkpoint of another model with as many parameters
 * @param seed of the initial parameters
 * @param workers parallelism of the ingest task and the gradient operator
 */
public record StepConfig(
        int staleness,
        Reduction reduction,
        Duration stepDeadline,
        int maxConsecutiveRefusals,
        @Nullable String initialParameters,
        boolean acceptChangedModel,
        long seed,
        EngineChoice engine,
        int workers)
        implements Serializable {

    static StepConfig of(OptionValues values) {
        return new StepConfig(
                Staleness.parse(values.get(TrainingOptions.TRAINING_STALENESS)),
                values.get(TrainingOptions.TRAINING_REDUCTION),
                values.get(TrainingOptions.TRAINING_STEP_DEADLINE),
                values.get(TrainingOptions.TRAINING_MAX_CONSECUTIVE_REFUSALS),
                values.find(TrainingOptions.TRAINING_INITIAL_PARAMETERS),
                values.get(TrainingOptions.TRAINING_ACCEPT_CHANGED_MODEL),
                values.get(TrainingOptions.TRAINING_SEED),
                values.get(TrainingOptions.TRAINING_ENGINE),
                values.get(TrainingOptions.TRAINING_WORKERS));
    }
}
