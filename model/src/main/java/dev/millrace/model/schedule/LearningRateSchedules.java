package dev.millrace.model.schedule;

import dev.millrace.model.spec.Settings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code learning-rate} section: {@code initial} (0.01, the article's SGD), {@code schedule} (constant, cosine,
 * inverse_time) with {@code decay_steps} (10000), {@code alpha} (cosine: share that remains, 0) and {@code decay_rate}
 * (inverse_time: 1), and {@code warmup_steps} (0) before any of them.
 */
public final class LearningRateSchedules {
    private static final List<String> NAMES = List.of("constant", "cosine", "inverse_time");
    private static final double DEFAULT = 0.01;

    private LearningRateSchedules() {}

    /**
     * Reads the section; an empty one is the constant 0.01.
     *
     * @throws IllegalArgumentException naming every mistake
     */
    public static LearningRateSchedule of(Map<String, ? extends @Nullable Object> tree) {
        Settings settings = new Settings("learning-rate", tree);
        double initial = settings.number("initial", DEFAULT, 1e-12, 1e6);
        String name = settings.word("schedule", "constant", NAMES);
        long warmup = settings.integer("warmup_steps", 0, 0, 1L << 40);
        Object given = tree.get("schedule");
        boolean unclear = given != null && !name.equals(given.toString()); // then no key is blamed beside the name
        boolean decays = unclear || !name.equals("constant");
        long steps = decays ? settings.integer("decay_steps", 10_000, 1, 1L << 40) : 1;
        double alpha = unclear || name.equals("cosine") ? settings.number("alpha", 0, 0, 1) : 0;
        double rate = unclear || name.equals("inverse_time") ? settings.number("decay_rate", 1, 0, 1e6) : 0;
        settings.check();
        LearningRateSchedule base = switch (name) {
            case "cosine" -> cosine(initial, steps, alpha);
            case "inverse_time" -> inverseTime(initial, steps, rate);
            default -> step -> initial;
        };
        return warmup == 0 ? base : warmUp(base, warmup);
    }

    /** {@code initial ((1 - alpha) (1 + cos(pi min(t, T) / T)) / 2 + alpha)}, t counted from 0. */
    public static LearningRateSchedule cosine(double initial, long decaySteps, double alpha) {
        return step -> {
            double progress = Math.min(step - 1, decaySteps) / (double) decaySteps;
            return initial * ((1 - alpha) * 0.5 * (1 + Math.cos(Math.PI * progress)) + alpha);
        };
    }

    /** {@code initial / (1 + rate t / T)}, t counted from 0. */
    public static LearningRateSchedule inverseTime(double initial, long decaySteps, double decayRate) {
        return step -> initial / (1 + decayRate * (step - 1) / decaySteps);
    }

    /** Rises linearly over {@code steps} steps to where {@code base} begins, which starts afterwards. */
    public static LearningRateSchedule warmUp(LearningRateSchedule base, long steps) {
        return step -> step <= steps ? base.rate(1) * step / steps : base.rate(step - steps);
    }
}
