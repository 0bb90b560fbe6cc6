package dev.millrace.pipeline;

/** Names of the operators in checkpoints. A committed list: state of every release is found by them. */
public final class Uids {
    public static final String SAMPLES = "samples";
    public static final String STAMP = "stamp";
    public static final String MINI_BATCHES = "mini-batches";
    public static final String GRADIENTS = "gradients";
    public static final String SERVER = "parameter-server";
    public static final String CONTROL = "control";
    public static final String FEEDBACK = "feedback";
    public static final String SNAPSHOT_TOPIC = "snapshot-topic";
    public static final String SNAPSHOT_FILES = "snapshot-files";
    public static final String REPORTS = "reports";
    public static final String DEAD_LETTER_QUOTA = "dead-letter-quota";
    public static final String DEAD_LETTERS = "dead-letters";

    private Uids() {}
}
