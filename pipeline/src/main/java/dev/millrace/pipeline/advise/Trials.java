package dev.millrace.pipeline.advise;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** All trials of one size, by learning rate. */
final class Trials {
    private final NavigableMap<Double, List<Trial>> byRate = new TreeMap<>();

    void add(Trial trial) {
        byRate.computeIfAbsent(trial.learningRate(), rate -> new ArrayList<>()).add(trial);
    }

    /** Learning rates with their losses, ascending. */
    NavigableMap<Double, Losses> losses(ToDoubleFunction<Trial> loss) {
        NavigableMap<Double, Losses> losses = new TreeMap<>();
        byRate.forEach((rate, trials) -> losses.put(
                rate, Losses.of(trials.stream().map(loss::applyAsDouble).toList())));
        return losses;
    }

    /** The rate of the lowest mean loss among those that were tried most often; NaN before the first trial. */
    double bestRate(ToDoubleFunction<Trial> loss) {
        NavigableMap<Double, Losses> losses = losses(loss);
        int most = losses.values().stream().mapToInt(Losses::count).max().orElse(0);
        double best = Double.NaN;
        double lowest = Double.POSITIVE_INFINITY;
        for (Map.Entry<Double, Losses> entry : losses.entrySet()) {
            if (entry.getValue().count() < most) continue;
            if (Double.isNaN(best) || entry.getValue().mean() < lowest) {
                best = entry.getKey();
                lowest = entry.getValue().mean();
            }
        }
        return best;
    }

    double lowestRate() {
        return byRate.firstKey();
    }

    double highestRate() {
        return byRate.lastKey();
    }

    /** Mean accuracy at a rate; NaN where there is none. */
    double accuracy(double rate) {
        return byRate.getOrDefault(rate, List.of()).stream()
                .mapToDouble(Trial::accuracy)
                .average()
                .orElse(Double.NaN);
    }
}
