package dev.millrace.pipeline.config;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When and where the job's state is kept.
 *
 * @param directory URI; null for what the cluster says
 */
public record CheckpointConfig(Duration interval, @Nullable String directory, boolean unaligned)
        implements Serializable {

    static CheckpointConfig of(OptionValues values) {
        return new CheckpointConfig(
                values.get(TrainingOptions.CHECKPOINT_INTERVAL),
                values.find(TrainingOptions.CHECKPOINT_DIRECTORY),
                values.get(TrainingOptions.CHECKPOINT_UNALIGNED));
    }
}
