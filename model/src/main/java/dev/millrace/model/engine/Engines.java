package dev.millrace.model.engine;

import java.util.Locale;

/** The engines by name. */
public final class Engines {
    private Engines() {}

    /**
     * A factory for {@code auto} or {@code nd4j}; both mean the CPU, as there is no other engine yet.
     *
     * @throws IllegalArgumentException naming the engines there are
     */
    public static EngineFactory factory(String choice) {
        return switch (choice.toLowerCase(Locale.ROOT)) {
            case "auto", "nd4j" -> Nd4jEngine::new;
            default -> throw new IllegalArgumentException("training.engine must be auto or nd4j. Received: " + choice);
        };
    }
}
