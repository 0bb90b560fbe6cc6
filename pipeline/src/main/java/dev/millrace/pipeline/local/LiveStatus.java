package dev.millrace.pipeline.local;

import dev.millrace.pipeline.server.StepReport;
import org.jspecify.annotations.Nullable;

/**
 * What the live view shows at one moment.
 *
 * @param model name of the model
 * @param now milliseconds since the epoch
 * @param elapsedMillis since the job was submitted
 * @param report the newest; null before the first
 * @param rates samples per second of the last reports, oldest first
 * @param losses loss of the last reports, oldest first
 * @param publishedVersion newest published version; 0 before the first
 * @param publishedAt when it was published, milliseconds since the epoch
 */
record LiveStatus(
        String model,
        long now,
        long elapsedMillis,
        @Nullable StepReport report,
        double[] rates,
        double[] losses,
        long publishedVersion,
        long publishedAt) {}
