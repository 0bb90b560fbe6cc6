package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.config.ConfigException;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns exceptions into what a user reads: one message and a next step; a stack trace only with {@code --verbose}. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final BooleanSupplier verbose;

    Failures(BooleanSupplier verbose) {
        this.verbose = verbose;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine verb, ParseResult parsed) {
        PrintWriter err = verb.getErr();
        boolean expected = failure instanceof CommandFailedException || failure instanceof ConfigException;
        err.println(expected ? failure.getMessage() : unexpected(failure));
        if (verbose.getAsBoolean()) {
            failure.printStackTrace(err);
        } else if (!expected) {
            err.println("Run again with --verbose to see where it comes from.");
        }
        err.flush();
        return failure instanceof ConfigException ? ExitCode.USAGE : ExitCode.FAILED;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        CommandLine verb = failure.getCommandLine();
        PrintWriter err = verb.getErr();
        err.println(failure.getMessage());
        if (failure instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) err.println("Did you mean " + String.join(" or ", suggestions) + "?");
        }
        err.println("Try: " + verb.getCommandSpec().qualifiedName() + " --help");
        err.flush();
        return ExitCode.USAGE;
    }

    /** The message of the innermost cause says what went wrong; its class says how to look it up. */
    private static String unexpected(Exception failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) cause = cause.getCause();
        return cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
    }
}
