package dev.millrace.pipeline.advise;

import dev.millrace.model.spec.Loss;
import java.util.List;

/**
 * What was measured, and on what.
 *
 * @param model its name
 * @param recent the samples that there were
 * @param samples how many of them were used, the newest
 * @param measurements ascending by size, those where every learning rate diverged left out; at least one
 * @param equalTime the common time
 * @param microBatch samples that go through the engine at once
 * @param configuredRate the learning rate of the configuration
 * @param hasSchedule whether it changes over the steps
 * @param seconds that all of it took
 */
record Study(
        String model,
        Loss loss,
        RecentSamples recent,
        int samples,
        List<Measurement> measurements,
        EqualTime equalTime,
        int microBatch,
        double configuredRate,
        boolean hasSchedule,
        double seconds) {}
