package dev.millrace.pipeline.config;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How a running job is told what to do.
 *
 * @param topic of the commands; null for none. Not read by a job that ends with its topics
 */
public record ControlConfig(@Nullable String topic) implements Serializable {

    static ControlConfig of(OptionValues values) {
        return new ControlConfig(values.find(TrainingOptions.CONTROL_TOPIC));
    }
}
