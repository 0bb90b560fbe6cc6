package dev.millrace.pipeline.config;

/** Who decides the size of the next global batch. */
public enum BatchPolicy {
    /** Nobody: it stays at {@code batch.size}. */
    FIXED,
    /** It grows when the loss has stopped falling. */
    LOSS_PLATEAU
}
