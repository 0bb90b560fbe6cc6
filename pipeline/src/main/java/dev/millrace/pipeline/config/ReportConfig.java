package dev.millrace.pipeline.config;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How training is reported.
 *
 * @param topic null for none
 * @param interval between reports
 * @param samples after which a report is made too; 0 for time alone
 */
public record ReportConfig(@Nullable String topic, Duration interval, long samples) implements Serializable {

    static ReportConfig of(OptionValues values) {
        return new ReportConfig(
                values.find(TrainingOptions.REPORT_TOPIC),
                values.get(TrainingOptions.REPORT_INTERVAL),
                values.get(TrainingOptions.REPORT_SAMPLES));
    }
}
