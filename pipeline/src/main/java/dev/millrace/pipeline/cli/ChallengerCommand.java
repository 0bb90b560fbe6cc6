package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.control.Action;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace challenger}: what a person decides on the second model of a job. */
@Command(
        name = "challenger",
        header = "Have the challenger of a running job take the model's place.",
        description = {
            "A configuration with a challenger section trains a second model on the same samples. Its versions are listed,"
                    + " fetched and served like any model's, by its own name and directory.",
            "promote tells the running job on its control topic and waits for the answer."
        },
        footer = {
            "Examples:",
            "  millrace challenger promote --config training.yaml --reason \"better on the audit's samples\"",
        })
final class ChallengerCommand {

    @Spec
    private CommandSpec command;

    @Command(
            name = "promote",
            header = "Have model and challenger change roles, whatever the rule says.",
            description =
                    "From the next version on the model's name stands for what was the challenger, and the other way"
                            + " round. The gate decides on that version as on any. Said again, it changes them back.",
            footer = {"Examples:", "  millrace challenger promote --config training.yaml"})
    int promote(
            @Mixin ControlOptions options,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "Why, for the audit; at most 500 characters of it are kept.")
                    String reason) {
        return options.send(
                command.commandLine().getOut(),
                Action.PROMOTE_CHALLENGER,
                order -> order.from(System.getProperty("user.name", ""), reason));
    }
}
