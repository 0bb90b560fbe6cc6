package dev.millrace.pipeline.cli;

/** A verb could not do what was asked. The message is for the user: cause, likely reason, next step. */
public final class CommandFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CommandFailedException(String message) {
        super(message);
    }

    public CommandFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
