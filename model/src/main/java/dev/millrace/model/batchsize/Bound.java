package dev.millrace.model.batchsize;

/** What keeps the batch from its statistical size. */
public enum Bound implements Codes.Coded {
    /** Nothing does. */
    NONE(0),
    /** A smaller one could not keep up with the arrivals, or is not allowed. */
    FLOOR(1),
    /** The largest batch allowed. */
    MEMORY(2),
    /** A sample would be older than allowed before its update is published. */
    AGE(3),
    /** Beyond it, a larger batch no longer saves time: synchronization is below 1/11 of a step. */
    SYNC(4);

    private final int code;

    Bound(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
