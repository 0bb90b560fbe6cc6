package dev.millrace.model.optimizer;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.Settings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code optimizer} section, in Keras' words and with Keras' defaults: {@code name} (sgd, momentum, nesterov, adam,
 * adamw, adagrad, rmsprop, ftrl), {@code momentum} 0.9, {@code beta_1} 0.9, {@code beta_2} 0.999, {@code rho} 0.9, {@code
 * epsilon} 1e-7, {@code initial_accumulator_value} 0.1, for ftrl {@code l1} 0, {@code l2} 0 and {@code beta} 1 (Keras: 0),
 * {@code weight_decay} (adamw: decoupled, 0.004; else added to the gradient, 0), {@code clip_norm}, {@code clip_value}.
 */
public record OptimizerSpec(Optimizer optimizer, Clip clip, double l2) {
    private static final List<String> NAMES =
            List.of("sgd", "momentum", "nesterov", "adam", "adamw", "adagrad", "rmsprop", "ftrl");

    private static final double LARGEST_SHARE = 0.9999999;

    /**
     * Reads the section; an empty one is plain SGD.
     *
     * @throws IllegalArgumentException naming every mistake
     */
    public static OptimizerSpec of(Map<String, ? extends @Nullable Object> tree) {
        Settings settings = new Settings("optimizer", tree);
        String name = settings.word("name", "sgd", NAMES);
        Object given = tree.get("name");
        boolean unclear = given != null && !name.equals(given.toString()); // then no key is blamed beside the name
        Optimizer optimizer = unclear ? withoutBlame(settings) : read(name, settings);
        boolean decoupled = name.equals("adamw");
        double decay = decoupled ? 0 : settings.number("weight_decay", 0, 0, 1e6);
        Clip clip = new Clip(
                settings.number("clip_norm", Double.POSITIVE_INFINITY, 1e-30, 1e30),
                settings.number("clip_value", Double.POSITIVE_INFINITY, 1e-30, 1e30));
        settings.check();
        return new OptimizerSpec(optimizer, clip, decay);
    }

    private static Optimizer withoutBlame(Settings settings) {
        for (String name : NAMES) read(name, settings);
        return new Sgd();
    }

    private static Optimizer read(String name, Settings settings) {
        return switch (name) {
            case "momentum", "nesterov" ->
                new Momentum(settings.number("momentum", 0.9, 0, LARGEST_SHARE), name.equals("nesterov"));
            case "adam", "adamw" ->
                new Adam(
                        settings.number("beta_1", 0.9, 0, LARGEST_SHARE),
                        settings.number("beta_2", 0.999, 0, LARGEST_SHARE),
                        epsilon(settings),
                        name.equals("adamw") ? settings.number("weight_decay", 0.004, 0, 1e6) : 0);
            case "adagrad" -> new Adagrad(accumulator(settings), epsilon(settings));
            case "rmsprop" -> new RmsProp(settings.number("rho", 0.9, 0, LARGEST_SHARE), epsilon(settings));
            case "ftrl" ->
                new Ftrl(
                        settings.number("initial_accumulator_value", 0.1, 1e-30, 1e6),
                        settings.number("beta", 1, 0, 1e6),
                        settings.number("l1", 0, 0, 1e6),
                        settings.number("l2", 0, 0, 1e6));
            default -> new Sgd();
        };
    }

    private static double epsilon(Settings settings) {
        return settings.number("epsilon", 1e-7, 1e-30, 1);
    }

    private static double accumulator(Settings settings) {
        return settings.number("initial_accumulator_value", 0.1, 0, 1e6);
    }

    /** The whole step that this section describes, for parameters that all have a gradient. */
    public UpdateRule rule() {
        return new UpdateRule(optimizer, clip, l2);
    }

    /** The whole step that this section describes, for the parameters of a model. */
    public UpdateRule rule(ModelSpec spec) {
        return new UpdateRule(optimizer, clip, l2, spec.moments());
    }
}
