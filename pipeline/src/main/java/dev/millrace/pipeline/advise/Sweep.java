package dev.millrace.pipeline.advise;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.BatchConfig;
import dev.millrace.pipeline.config.TrainingConfig;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Trains the model of a configuration with many batch sizes and learning rates, one after the other in this thread:
 * first the speed of every size, then the losses on as many samples as the time allows.
 */
final class Sweep {
    private static final double SPEED_SHARE = 0.15; // of the time
    private static final double FIRST_PASS_SHARE = 0.3;

    private Sweep() {}

    /**
     * Measures.
     *
     * @param nanoTime a clock in nanoseconds
     * @param progress is told the share of the time that is over
     * @throws IllegalArgumentException if there is only one class, a size has too few samples, or everything diverged
     */
    static Study run(
            TrainingConfig config,
            RecentSamples recent,
            SweepSettings settings,
            LongSupplier nanoTime,
            Consumer<Double> progress) {
        ModelSpec spec = ModelSpec.of(config.model());
        recent.checkClasses(spec);
        int all = recent.samples().rows();
        int[] sizes = settings.sizesFor(all);
        Rates rates = new Rates(config.learningRate(), settings.learningRates());
        Budget budget = new Budget(settings.seconds(), nanoTime);
        Runnable tell = () -> progress.accept(budget.spent());
        try (Learner learner = new Learner(config, spec, recent.samples())) {
            SpeedTest speed = new SpeedTest(learner, all, sizes, settings.seed(), rates.schedule(rates.configured()));
            List<Timing> timings = speed.run(SPEED_SHARE * budget.seconds(), tell);
            int count = affordable(timings, rates, budget, all, settings.fewestSamples());
            timings = timings.stream()
                    .filter(t -> settings.allows(t.size(), count))
                    .toList();
            Course course = new Course(learner, rates, budget, tell, all - count, count, timings);
            List<Measurement> measurements = course.run(settings.seed(), size -> memory(config, spec, size));
            return new Study(
                    spec.name(),
                    spec.loss(),
                    recent,
                    count,
                    measurements,
                    course.equalTime(),
                    config.batch().microBatch(spec),
                    rates.configured(),
                    rates.hasSchedule(),
                    budget.elapsed());
        }
    }

    /** The newest samples that the first pass over all sizes and rates has time for. */
    private static int affordable(List<Timing> timings, Rates rates, Budget budget, int all, int fewest) {
        double perSample = timings.stream().mapToDouble(t -> t.seconds(1)).sum()
                * rates.first().size();
        return (int) Math.min(all, Math.max(FIRST_PASS_SHARE * budget.seconds() / perSample, fewest));
    }

    /** Parameters, gradient, and a mini-batch, of which one micro-batch goes through the engine while the rest waits. */
    private static long memory(TrainingConfig config, ModelSpec spec, int size) {
        long atOnce = Math.min(size, config.batch().microBatch(spec));
        long sampleBytes = 4L * (spec.inputs() + spec.labelWidth() + 1);
        long samples = atOnce * BatchConfig.bytesPerSample(spec) + (size - atOnce) * sampleBytes;
        return 2 * 4L * spec.layout().size() + samples;
    }
}
