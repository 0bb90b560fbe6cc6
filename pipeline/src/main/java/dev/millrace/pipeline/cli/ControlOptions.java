package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.control.Action;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.control.Outcome;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which job a command is for and how long to wait for its answer. A picocli mixin. */
final class ControlOptions {

    @Mixin
    private ConfigurationOptions configuration;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long to wait for the job's answer (default: ${DEFAULT-VALUE}).")
    private int timeoutSeconds;

    TrainingConfig load() {
        return configuration.load();
    }

    /** Sends a command with the arguments that {@code with} adds, and prints the answer. */
    int send(PrintWriter out, Action action, UnaryOperator<Command> with) {
        TrainingConfig config = configuration.load();
        String model = String.valueOf(config.model().get("name"));
        Command command = with.apply(Command.of(UUID.randomUUID().toString(), model, action));
        Optional<Outcome> answer = new CommandSender(config, Duration.ofSeconds(timeoutSeconds)).send(command);
        out.println(answer.map(outcome -> sentence(model, outcome))
                .orElse(model + ": no answer within " + timeoutSeconds + " s. The command stays on topic "
                        + config.control().topic() + "; is the job running?"));
        out.flush();
        return answer.map(Outcome::accepted).orElse(false) ? ExitCode.OK : ExitCode.FAILED;
    }

    /** What is said of a command. */
    static String sentence(String model, Outcome outcome) {
        return outcome.accepted()
                ? model + ": " + outcome.what()
                : model + ": refused to " + outcome.what() + ": " + outcome.reason();
    }
}
