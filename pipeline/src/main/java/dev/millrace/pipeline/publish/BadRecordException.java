package dev.millrace.pipeline.publish;

/** A record could not become a sample, and the policy is to stop then. Restarting would not help. */
public final class BadRecordException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BadRecordException(String message) {
        super(message);
    }
}
