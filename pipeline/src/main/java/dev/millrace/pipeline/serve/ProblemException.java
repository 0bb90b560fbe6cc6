package dev.millrace.pipeline.serve;

/**
 * A request that cannot be answered as asked; the message is for the client and says what, the limit and what was received.
 * Carries no stack trace.
 */
final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** @param status of HTTP, 400..599 */
    ProblemException(int status, String detail) {
        super(detail, null, false, false);
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("the status of a problem must be in 400..599. Received: " + status);
        }
        this.status = status;
    }

    int status() {
        return status;
    }

    static ProblemException badRequest(String detail) {
        return new ProblemException(400, detail);
    }

    static ProblemException notFound(String detail) {
        return new ProblemException(404, detail);
    }

    static ProblemException tooLarge(String detail) {
        return new ProblemException(413, detail);
    }
}
