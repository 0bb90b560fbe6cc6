package dev.millrace.model.feature;

import dev.millrace.schemas.wire.Rejection;
import dev.millrace.schemas.wire.RejectionReason;

/** A record that the mapping cannot take; carries no stack trace, as its message says all. */
public final class UnmappableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final RejectionReason reason;

    UnmappableException(RejectionReason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** Reason and message. */
    public Rejection rejection() {
        return new Rejection(reason, String.valueOf(getMessage()));
    }

    static UnmappableException feature(String message) {
        return new UnmappableException(RejectionReason.WRONG_FEATURES, message);
    }

    static UnmappableException missing(String field) {
        return feature(field + " must have a value. Received: nothing");
    }
}
