package dev.millrace.pipeline.deadletter;

/** Letters could not be read or sent. The message is for the user: cause, likely reason, next step. */
public final class DeadLetterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DeadLetterException(String message) {
        super(message);
    }

    DeadLetterException(String message, Throwable cause) {
        super(message, cause);
    }
}
