package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.local.LocalCommand;
import dev.millrace.pipeline.produce.ClickFeed;
import dev.millrace.pipeline.produce.ImpressionFeed;
import dev.millrace.pipeline.produce.ProduceCommand;
import java.util.List;
import java.util.Map;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code millrace <verb>}. */
@Command(
        name = "millrace",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        descriptionHeading = "%n",
        parameterListHeading = "%nArguments:%n",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nVerbs:%n",
        footerHeading = "%n",
        header = "Trains a model continuously from a stream, inside Apache Flink.",
        description = "Each verb explains itself: millrace <verb> --help",
        footer = {
            "Examples:",
            "  millrace local                                  train on this machine, nothing else needed",
            "  millrace validate --config training.yaml        check before starting",
            "  millrace train --config training.yaml           train until stopped",
            "  millrace describe --config training.yaml        what the model looks like",
            "  millrace advise --config training.yaml          which batch size and learning rate",
            "  millrace snapshot list --directory snapshots    what has been published",
            "  millrace predict --directory snapshots data.csv what it is worth",
            "  millrace serve --directory snapshots            predictions and versions over HTTP",
            "  millrace control pause --config training.yaml   tell a running job what to do",
            "  millrace deadletter list --config training.yaml what could not become a sample",
            "",
            "Exit codes: 0 it worked, 1 it failed, 2 the command line or configuration is wrong.",
            "Completion for bash and zsh: source <(millrace generate-completion)"
        })
public final class Millrace {

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show where an error comes from (stack trace).")
    private boolean verbose;

    /** Runs one verb and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command line with all its verbs. */
    public static CommandLine commandLine() {
        Millrace millrace = new Millrace();
        CommandLine line = new CommandLine(millrace);
        Failures failures = new Failures(() -> millrace.verbose);
        verbs().forEach(line::addSubcommand);
        line.addSubcommand(completion());
        line.setExecutionExceptionHandler(failures);
        line.setParameterExceptionHandler(failures);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line;
    }

    /** In the order of {@code --help}. */
    private static List<Object> verbs() {
        return List.of( //
                new LocalCommand(
                        TrainingJob::define,
                        Map.of("clicks", new ClickFeed(), "impressions", new ImpressionFeed())), //
                new TrainCommand(), //
                new ProduceCommand(), //
                new ValidateCommand(), //
                new DescribeCommand(), //
                new AdviseCommand(), //
                new SnapshotCommand(), //
                new PredictCommand(), //
                new ServeCommand(), //
                new ControlCommand(), //
                new ChallengerCommand(), //
                new DeadLetterCommand());
    }

    private static CommandLine completion() {
        CommandLine completion = new CommandLine(new GenerateCompletion());
        completion.getCommandSpec().usageMessage().hidden(true);
        return completion;
    }
}
