package dev.millrace.pipeline.source;

/** The topics do not hold what the job is to read next. Restarting would not help. */
public final class OffsetsOutOfRangeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OffsetsOutOfRangeException(String message) {
        super(message);
    }
}
