package dev.millrace.pipeline.publish;

/** Too many records could not become samples; the message names the top reasons. Restarting would not help. */
public final class DeadLetterQuotaExceededException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DeadLetterQuotaExceededException(String message) {
        super(message);
    }
}
