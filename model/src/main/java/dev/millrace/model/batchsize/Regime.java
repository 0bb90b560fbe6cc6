package dev.millrace.model.batchsize;

/** What is scarce. */
public enum Regime implements Codes.Coded {
    /** The stream is followed as it arrives: samples are scarce. */
    LIVE(0),
    /** A backlog is worked off: time is scarce. */
    CATCH_UP(1);

    private final int code;

    Regime(int code) {
        this.code = code;
    }

    @Override
    public int code() {
        return code;
    }
}
