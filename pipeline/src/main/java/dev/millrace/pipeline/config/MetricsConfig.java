package dev.millrace.pipeline.config;

import java.io.Serializable;

/**
 * What prequential metrics look back on.
 *
 * @param window samples
 * @param fading what the fading loss keeps per sample, in (0, 1)
 */
public record MetricsConfig(long window, double fading) implements Serializable {

    static MetricsConfig of(OptionValues values) {
        return new MetricsConfig(
                values.get(TrainingOptions.METRICS_WINDOW), values.get(TrainingOptions.METRICS_FADING));
    }
}
