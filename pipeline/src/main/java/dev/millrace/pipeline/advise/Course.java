package dev.millrace.pipeline.advise;

import dev.millrace.model.batchsize.GradientStatistics;
import dev.millrace.model.metric.Outcomes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.function.IntToLongFunction;

/**
 * The passes over the samples: every size with every rate, the sizes taking turns; rates beyond the edge; the best rates
 * again from other initial parameters; at last one that looks at the gradients. What has no time is left out.
 */
final class Course {
    private static final double EXTENSION_SHARE = 0.6; // of the time, at the end of it
    private static final double REPEATS_SHARE = 0.9;
    private static final int MOST_RUNS = 5;

    private final Learner learner;
    private final Rates rates;
    private final Budget budget;
    private final Runnable progress;
    private final int begin;
    private final int count;
    private final EqualTime equalTime;
    private final Map<Timing, Trials> trials = new LinkedHashMap<>();

    /**
     * Prepares a course.
     *
     * @param begin index of the first sample
     * @param count how many samples
     */
    Course(Learner learner, Rates rates, Budget budget, Runnable progress, int begin, int count, List<Timing> timings) {
        this.learner = learner;
        this.rates = rates;
        this.budget = budget;
        this.progress = progress;
        this.begin = begin;
        this.count = count;
        this.equalTime = EqualTime.of(timings, count);
        timings.forEach(timing -> trials.put(timing, new Trials()));
    }

    EqualTime equalTime() {
        return equalTime;
    }

    /**
     * Trains and measures.
     *
     * @param seed of the first initial parameters
     * @param memory of a worker, bytes, by batch size
     * @throws IllegalArgumentException naming the rates if the parameters overflowed with all of them
     */
    List<Measurement> run(long seed, IntToLongFunction memory) {
        for (double rate : rates.first()) {
            trials.forEach((timing, of) -> train(timing, of, rate, seed));
        }
        extend(seed);
        for (int run = 1; run < MOST_RUNS && repeat(seed + run); run++) {}
        List<Measurement> measurements = new ArrayList<>();
        trials.forEach((timing, of) -> {
            Measurement measurement = measure(timing, of, seed, memory.applyAsLong(timing.size()));
            if (Double.isFinite(measurement.loss().mean())) measurements.add(measurement);
        });
        if (!measurements.isEmpty()) return measurements;
        throw new IllegalArgumentException("--learning-rates must keep the parameters finite. Received: "
                + Arrays.toString(rates.first().toArray()) + ", which diverge with every batch size");
    }

    private void train(Timing timing, Trials of, double rate, long seed) {
        of.add(pass(timing, rate, seed));
        progress.run();
    }

    private Trial pass(Timing timing, double rate, long seed) {
        int size = timing.size();
        int inTime = equalTime.samples(timing);
        double timedLoss = Double.NaN;
        Outcomes all = new Outcomes();
        learner.begin(seed, rates.schedule(rate));
        for (int from = 0; from < count; from += size) {
            if (from == inTime) {
                timedLoss = learner.judge(begin + equalTime.heldOut(), begin + count)
                        .loss();
            }
            all.merge(learner.learn(begin + from, begin + Math.min(from + size, count)));
            if (!learner.accepted()) return Trial.diverged(size, rate);
        }
        return new Trial(size, rate, all.loss(), all.accuracy(), timedLoss);
    }

    private void extend(long seed) {
        boolean more = true;
        while (more) {
            more = false;
            for (Map.Entry<Timing, Trials> entry : trials.entrySet()) {
                Timing timing = entry.getKey();
                double next = rates.beyond(entry.getValue());
                if (Double.isNaN(next) || !budget.allows(timing.seconds(count), EXTENSION_SHARE)) continue;
                train(timing, entry.getValue(), next, seed);
                more = true;
            }
        }
    }

    /** Every size once more, or none if there is no time for all. */
    private boolean repeat(long seed) {
        Map<Timing, Set<Double>> chosen = new LinkedHashMap<>();
        trials.forEach((timing, of) -> chosen.put(timing, toRepeat(of)));
        double cost = chosen.entrySet().stream()
                .mapToDouble(e -> e.getKey().seconds(count) * e.getValue().size())
                .sum();
        if (!budget.allows(cost, REPEATS_SHARE)) return false;
        chosen.forEach((timing, all) -> {
            Trials of = trials.get(timing);
            if (of != null) all.forEach(rate -> train(timing, of, rate, seed));
        });
        return true;
    }

    /** At first the best rates and those beside the best, then the same again. */
    private static Set<Double> toRepeat(Trials of) {
        NavigableMap<Double, Losses> losses = of.losses(Trial::loss);
        int most = losses.values().stream().mapToInt(Losses::count).max().orElse(0);
        Set<Double> chosen = new LinkedHashSet<>();
        if (most > 1) {
            losses.forEach((rate, each) -> {
                if (each.count() == most) chosen.add(rate);
            });
            return chosen;
        }
        double best = of.bestRate(Trial::loss);
        chosen.add(best);
        Double below = losses.lowerKey(best);
        Double above = losses.higherKey(best);
        if (below != null) chosen.add(below);
        if (above != null) chosen.add(above);
        chosen.add(of.bestRate(Trial::timedLoss));
        return chosen;
    }

    private Measurement measure(Timing timing, Trials of, long seed, long memoryBytes) {
        double rate = of.bestRate(Trial::loss);
        double timedRate = of.bestRate(Trial::timedLoss);
        Losses none = Losses.of(List.of());
        double noiseScale = noiseScale(timing.size(), rate, seed);
        progress.run();
        return new Measurement(
                timing,
                memoryBytes,
                noiseScale,
                of.losses(Trial::loss),
                rate,
                of.losses(Trial::loss).getOrDefault(rate, none),
                of.accuracy(rate),
                equalTime.samples(timing),
                timedRate,
                of.losses(Trial::timedLoss).getOrDefault(timedRate, none));
    }

    /**
     * S and P, each averaged over the second half of the samples, when the first steep steps are over. The controller's
     * average over the last 20 steps would be 40 samples of a batch of 2.
     */
    private double noiseScale(int size, double rate, long seed) {
        if (size < 2) return Double.NaN;
        double covariance = 0;
        double squared = 0;
        learner.begin(seed, rates.schedule(rate));
        for (int from = 0; from + size <= count; from += size) {
            if (2 * (from + size) <= count) {
                learner.learn(begin + from, begin + from + size);
                continue;
            }
            learner.learnWithNorms(begin + from, begin + from + size);
            if (!learner.accepted()) return Double.NaN;
            covariance += learner.covarianceTrace();
            squared += learner.squaredGradient();
        }
        return GradientStatistics.noiseScale(covariance, squared);
    }
}
