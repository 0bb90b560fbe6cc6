package dev.millrace.pipeline.config;

import java.io.Serializable;
import java.time.Duration;

/**
 * What a record must keep to.
 *
 * @param maxBytes longest record, bytes
 * @param maxFuture how far event time may lie ahead of the clock
 */
public record SampleConfig(int maxBytes, Duration maxFuture) implements Serializable {

    static SampleConfig of(OptionValues values) {
        return new SampleConfig(
                Math.toIntExact(values.get(TrainingOptions.SAMPLE_MAX_BYTES).getBytes()),
                values.get(TrainingOptions.SAMPLE_MAX_FUTURE));
    }
}
