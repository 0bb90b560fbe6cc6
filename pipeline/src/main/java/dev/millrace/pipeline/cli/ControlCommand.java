package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.control.Action;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace control}: commands for a running job, through its control topic. */
@Command(
        name = "control",
        header = "Tell a running job what to do: batch size, learning rate, pause, publish.",
        description = {
            "Sends a command to the control topic of the configuration and waits for the job's answer on the report"
                    + " topic. What is set stays until it is released, across failures, savepoints and restarts.",
            "Exit code 1 if the job refuses, with the reason, or does not answer."
        },
        footer = {
            "Examples:",
            "  millrace control pin 256 --config training.yaml",
            "  millrace control release --config training.yaml",
            "  millrace control bounds 32 1024 --config training.yaml",
            "  millrace control policy auto --config training.yaml",
            "  millrace control learning-rate 0.01 --config training.yaml",
            "  millrace control learning-rate schedule --config training.yaml",
            "  millrace control pause --config training.yaml",
        })
final class ControlCommand {
    private static final String CONFIGURED = "configured";

    @Spec
    private CommandSpec spec;

    @Command(name = "pin", header = "Make every batch this large, whatever the policy.")
    int pin(
            @Parameters(paramLabel = "SIZE", description = "Samples, 1..batch.max.") int size,
            @Mixin ControlOptions options) {
        return options.send(out(), Action.PIN_BATCH_SIZE, command -> command.withSize(size));
    }

    @Command(name = "release", header = "Let the policy decide on the batch size again.")
    int release(@Mixin ControlOptions options) {
        return options.send(out(), Action.RELEASE_BATCH_SIZE, UnaryOperator.identity());
    }

    @Command(name = "bounds", header = "Change what the policy may ask for, instead of batch.min and batch.max.")
    int bounds(
            @Parameters(
                            arity = "1..2",
                            paramLabel = "MIN MAX",
                            description = "Smallest and largest batch, samples; or the word configured.")
                    List<String> bounds,
            @Mixin ControlOptions options) {
        if (bounds.equals(List.of(CONFIGURED))) {
            return options.send(out(), Action.SET_BATCH_BOUNDS, UnaryOperator.identity());
        }
        if (bounds.size() != 2) throw wrong("bounds needs MIN and MAX, or the word configured.");
        int min = integer(bounds.get(0));
        int max = integer(bounds.get(1));
        return options.send(out(), Action.SET_BATCH_BOUNDS, command -> command.withBounds(min, max));
    }

    @Command(name = "policy", header = "Change who decides on the batch size, instead of batch.policy.")
    int policy(
            @Parameters(paramLabel = "NAME", description = "As in batch.policy; or the word configured.") String name,
            @Mixin ControlOptions options) {
        return options.send(
                out(), Action.SET_BATCH_POLICY, command -> command.withPolicy(name.equals(CONFIGURED) ? null : name));
    }

    @Command(name = "learning-rate", header = "Set the learning rate, or give it back to its schedule.")
    int learningRate(
            @Parameters(paramLabel = "RATE", description = "A number > 0; or the word schedule.") String rate,
            @Mixin ControlOptions options) {
        if (rate.equals("schedule")) {
            return options.send(out(), Action.RELEASE_LEARNING_RATE, UnaryOperator.identity());
        }
        double number = number(rate);
        return options.send(out(), Action.SET_LEARNING_RATE, command -> command.withLearningRate(number));
    }

    @Command(name = "pause", header = "Let the workers rest. Checkpoints go on; samples wait in their topics.")
    int pause(@Mixin ControlOptions options) {
        return options.send(out(), Action.PAUSE, UnaryOperator.identity());
    }

    @Command(name = "resume", header = "Go on after a pause.")
    int resume(@Mixin ControlOptions options) {
        return options.send(out(), Action.RESUME, UnaryOperator.identity());
    }

    @Command(name = "publish", header = "Publish with the next checkpoint, whatever publish.interval says.")
    int publish(@Mixin ControlOptions options) {
        return options.send(out(), Action.PUBLISH, UnaryOperator.identity());
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private int integer(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw wrong("must be an integer. Received: " + text);
        }
    }

    private double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw wrong("RATE must be a number or the word schedule. Received: " + text);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
