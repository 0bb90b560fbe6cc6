package dev.millrace.schemas.wire;

/** Ends the decoding of a record that is not what it claims; carries no stack trace, as it says all in its message. */
final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        super(message, null, false, false);
    }
}
