package dev.millrace.pipeline.cli;

import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.control.Action;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.publish.DirectoryAliases;
import dev.millrace.pipeline.server.AliasUpdate;
import dev.millrace.pipeline.server.DirectoryStanding;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whose champion is moved, why, and whether a job is there to do it. A picocli mixin. */
final class ChampionOptions {

    @Mixin
    private ControlOptions control;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Why, for the audit; at most 500 characters of it are kept.")
    private String reason;

    @Option(
            names = "--offline",
            description = "No job runs: change the directory itself. A job that begins adopts it; one that runs would"
                    + " not know of it and overwrite it in time.")
    private boolean offline;

    @Option(
            names = {"-d", "--directory"},
            paramLabel = "DIR",
            description = "With --offline: the directory or the URI of an object store; publish.directory of --config"
                    + " unless given.")
    private @Nullable String directory;

    /** Has the champion moved with the arguments that {@code with} adds, and prints what became of it. */
    int send(PrintWriter out, Action action, UnaryOperator<Command> with) {
        UnaryOperator<Command> signed =
                command -> with.apply(command).from(System.getProperty("user.name", ""), reason);
        if (offline) return change(out, place(), action, signed);
        if (directory != null) {
            throw new CommandFailedException(
                    "A directory is changed with --offline alone, while no job publishes to it;"
                            + " the running job is told with --config FILE.");
        }
        return control.send(out, action, signed);
    }

    private String place() {
        if (directory != null) return directory;
        TrainingConfig config = control.load();
        String configured = config.publish().directory();
        if (configured != null) return configured;
        throw new CommandFailedException(
                config.origin() + " has no publish.directory: without a job only a directory can be changed.");
    }

    private static int change(PrintWriter out, String directory, Action action, UnaryOperator<Command> with) {
        SnapshotDirectory published = new SnapshotDirectory(PlaceOptions.present(directory));
        String model = published.current().model();
        Command command = with.apply(Command.of(UUID.randomUUID().toString(), model, action));
        DirectoryStanding.Answer answer = DirectoryStanding.judge(published, command, command.time());
        AliasUpdate update = answer.update();
        try {
            if (update != null) new DirectoryAliases(directory).write(update);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the aliases in " + directory, e);
        }
        out.println(ControlOptions.sentence(model, answer.outcome()));
        out.flush();
        return answer.outcome().accepted() ? ExitCode.OK : ExitCode.FAILED;
    }
}
