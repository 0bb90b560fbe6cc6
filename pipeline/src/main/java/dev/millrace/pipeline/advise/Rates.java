package dev.millrace.pipeline.advise;

import dev.millrace.model.schedule.LearningRateSchedule;
import dev.millrace.model.schedule.LearningRateSchedules;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The learning rates to try: what {@code learning-rate.initial} would be, with the configured schedule after it. */
final class Rates {
    private static final double WIDEST = 1e3; // how far from the configured one, either way

    private final Map<String, @Nullable Object> section;
    private final List<Double> given;
    private final double configured;

    /**
     * Of a configuration.
     *
     * @param section the learning-rate section
     * @param given by the user; empty for half-decades around the configured one
     */
    Rates(Map<String, @Nullable Object> section, List<Double> given) {
        this.section = section;
        this.given = given;
        Map<String, @Nullable Object> constant = new LinkedHashMap<>();
        Object initial = section.get("initial");
        if (initial != null) constant.put("initial", initial);
        this.configured = LearningRateSchedules.of(constant).rate(1);
    }

    double configured() {
        return configured;
    }

    /** Whether the section says more than the initial rate. */
    boolean hasSchedule() {
        return section.keySet().stream().anyMatch(key -> !key.equals("initial"));
    }

    LearningRateSchedule schedule(double rate) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>(section);
        tree.put("initial", rate);
        return LearningRateSchedules.of(tree);
    }

    /** To begin with, the configured one first. */
    List<Double> first() {
        if (!given.isEmpty()) return given;
        return IntStream.of(0, 1, -1, 2, -2)
                .mapToObj(times -> times == 0 ? configured : halfDecades(configured, times))
                .filter(rate -> rate >= SweepSettings.LOWEST_RATE && rate <= SweepSettings.HIGHEST_RATE)
                .toList();
    }

    /** The next rate to try if the best of one size is the last on its side; NaN if it is not, or none is left. */
    double beyond(Trials of) {
        if (!given.isEmpty()) return Double.NaN;
        double best = of.bestRate(Trial::loss);
        double next = Double.NaN;
        if (best == of.highestRate()) next = halfDecades(best, 1);
        else if (best == of.lowestRate()) next = halfDecades(best, -1);
        double lowest = Math.max(configured / WIDEST, SweepSettings.LOWEST_RATE);
        double highest = Math.min(configured * WIDEST, SweepSettings.HIGHEST_RATE);
        return next >= lowest && next <= highest ? next : Double.NaN;
    }

    /** {@code rate} times the square root of ten, so many times, to two digits: 0.1, 0.32, 1. */
    static double halfDecades(double rate, int times) {
        return new BigDecimal(rate * Math.pow(10, times / 2.0))
                .round(new MathContext(2))
                .doubleValue();
    }
}
