package dev.millrace.pipeline.config;

import dev.millrace.model.optimizer.OptimizerSpec;
import dev.millrace.model.schedule.LearningRateSchedules;
import dev.millrace.model.spec.ModelSpec;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Lets those who understand the free sections read them, and passes their complaints on one by one. */
final class Sections {
    private Sections() {}

    /** @param problem takes a key and what is wrong with it */
    static void check(
            Map<String, @Nullable Object> model,
            Map<String, @Nullable Object> optimizer,
            Map<String, @Nullable Object> learningRate,
            BiConsumer<String, String> problem) {
        if (model.isEmpty()) {
            problem.accept("model", "is missing; give a model section or model.file");
        } else {
            check("model", () -> ModelSpec.of(model), problem);
        }
        check("optimizer", () -> OptimizerSpec.of(optimizer), problem);
        check("learning-rate", () -> LearningRateSchedules.of(learningRate), problem);
    }

    static void check(String section, Runnable reading, BiConsumer<String, String> problem) {
        try {
            reading.run();
        } catch (IllegalArgumentException e) {
            List<String> lines = String.valueOf(e.getMessage()).lines().toList();
            if (lines.size() == 1) problem.accept(section, lines.get(0));
            // The first line counts the mistakes; each other one begins with its key.
            lines.stream().skip(1).forEach(line -> split(line.trim(), problem));
        }
    }

    private static void split(String line, BiConsumer<String, String> problem) {
        int end = line.indexOf(' ');
        if (end < 0) end = line.length();
        String key = line.substring(0, end);
        problem.accept(
                key.endsWith(":") ? key.substring(0, key.length() - 1) : key,
                line.substring(end).trim());
    }
}
