package dev.millrace.pipeline.server;

import dev.millrace.model.gate.ChallengeRule;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The second configuration of a job. Which of the two trains the model and which the challenger is for the state to say.
 *
 * @param model name that the challenger is reported and published under
 * @param recipe how it is trained, until the two change roles
 * @param rule when they do
 * @param directory that the challenger is published in; null for none
 */
public record ChallengerSettings(
        String model,
        Recipe recipe,
        ChallengeRule rule,
        @Nullable String directory) implements Serializable {}
