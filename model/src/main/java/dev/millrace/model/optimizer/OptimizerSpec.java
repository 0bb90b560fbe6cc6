package dev.millrace.model.optimizer;

import dev.millrace.model.spec.Settings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code optimizer} section, in Keras' words and with Keras' defaults: {@code name} (sgd, momentum, nesterov, adam,
 * adamw), {@code momentum} 0.9, {@code beta_1} 0.9, {@code beta_2} 0.999, {@code epsilon} 1e-7, {@code weight_decay}
 * (adamw: decoupled, 0.004; else added to the gradient, 0), {@code clip_norm}, {@code clip_value}.
 */
public record OptimizerSpec(Optimizer optimizer, Clip clip, double l2) {
    private static final List<String> NAMES = List.of("sgd", "momentum", "nesterov", "adam", "adamw");

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
        boolean adam = unclear || name.startsWith("adam");
        boolean momentum = unclear || name.equals("momentum") || name.equals("nesterov");
        boolean adamw = name.equals("adamw");
        double mu = momentum ? settings.number("momentum", 0.9, 0, 0.9999999) : 0;
        double beta1 = adam ? settings.number("beta_1", 0.9, 0, 0.9999999) : 0;
        double beta2 = adam ? settings.number("beta_2", 0.999, 0, 0.9999999) : 0;
        double epsilon = adam ? settings.number("epsilon", 1e-7, 1e-30, 1) : 1;
        double decay = settings.number("weight_decay", adamw ? 0.004 : 0, 0, 1e6);
        Clip clip = new Clip(
                settings.number("clip_norm", Double.POSITIVE_INFINITY, 1e-30, 1e30),
                settings.number("clip_value", Double.POSITIVE_INFINITY, 1e-30, 1e30));
        settings.check();
        Optimizer optimizer = adam
                ? new Adam(beta1, beta2, epsilon, adamw ? decay : 0)
                : momentum ? new Momentum(mu, name.equals("nesterov")) : new Sgd();
        return new OptimizerSpec(optimizer, clip, adamw ? 0 : decay);
    }

    /** The whole step that this section describes. */
    public UpdateRule rule() {
        return new UpdateRule(optimizer, clip, l2);
    }
}
