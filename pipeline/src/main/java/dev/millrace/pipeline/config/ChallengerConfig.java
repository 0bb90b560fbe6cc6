package dev.millrace.pipeline.config;

import dev.millrace.model.gate.ChallengeRule;
import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A second configuration that trains on the same stream: the {@code challenger.*} keys, and what they leave out as the model has
 * it.
 *
 * @param name that it is reported and published under
 * @param model nested as in YAML, with inputs and loss
 * @param ownModel whether its layers are its own
 * @param directory for its files; null for none
 * @param rule when it takes the model's place
 */
public record ChallengerConfig(
        String name,
        Map<String, @Nullable Object> model,
        boolean ownModel,
        Map<String, @Nullable Object> optimizer,
        Map<String, @Nullable Object> learningRate,
        @Nullable String directory,
        ChallengeRule rule)
        implements Serializable {}
