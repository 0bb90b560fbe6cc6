package dev.millrace.model.engine;

import java.util.Locale;

/** The engines that need nothing but a CPU, by name; one on a device needs to know which. */
public final class Engines {
    private Engines() {}

    /**
     * A factory for {@code auto} or {@code nd4j}; both mean the CPU.
     *
     * @throws IllegalArgumentException naming the engines there are
     */
    public static EngineFactory factory(String choice) {
        return switch (choice.toLowerCase(Locale.ROOT)) {
            case "auto", "nd4j" -> Nd4jEngine::new;
            default -> throw new IllegalArgumentException("engine must be auto or nd4j. Received: " + choice);
        };
    }
}
