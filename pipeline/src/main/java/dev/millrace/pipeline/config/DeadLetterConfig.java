package dev.millrace.pipeline.config;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of records that cannot become samples.
 *
 * @param topic null if the policy is to fail
 * @param maxValueBytes kept of the original value
 * @param maxRatio share of a minute's records above which the job fails
 * @param maxPerMinute dead letters of one worker above which the job fails
 */
public record DeadLetterConfig(
        BadRecordPolicy policy, @Nullable String topic, int maxValueBytes, double maxRatio, int maxPerMinute)
        implements Serializable {

    static DeadLetterConfig of(OptionValues values) {
        return new DeadLetterConfig(
                values.get(TrainingOptions.DEAD_LETTER_POLICY),
                values.find(TrainingOptions.DEAD_LETTER_TOPIC),
                Math.toIntExact(
                        values.get(TrainingOptions.DEAD_LETTER_MAX_VALUE_BYTES).getBytes()),
                values.get(TrainingOptions.DEAD_LETTER_MAX_RATIO),
                values.get(TrainingOptions.DEAD_LETTER_MAX_PER_MINUTE));
    }
}
