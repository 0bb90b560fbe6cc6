package dev.millrace.pipeline.deadletter;

/** What becomes of a letter in a replay. */
public enum Standing {
    /** It is sent. */
    OPEN("to be replayed"),
    /** It was sent by an earlier replay. */
    REPLAYED("replayed already"),
    /** A replay sent its record, which was refused once more; sent again on demand only. */
    FAILED_AGAIN("refused again after a replay"),
    /** Its value was cut, or its key or headers were, so the record is not there to be sent. */
    TRUNCATED("cut, and so not whole"),
    /** Another letter holds the same record: the job wrote it once more after a failure. */
    REPEATED("the same record once more");

    private final String words;

    Standing(String words) {
        this.words = words;
    }

    /** As it is told to a user. */
    public String words() {
        return words;
    }
}
