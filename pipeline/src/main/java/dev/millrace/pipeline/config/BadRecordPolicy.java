package dev.millrace.pipeline.config;

/** What becomes of a record that cannot become a sample. It is never dropped silently. */
public enum BadRecordPolicy {
    /** The job fails, naming topic, partition, offset and reason. */
    FAIL,
    /** It goes to the dead-letter topic, within the quota. */
    DEAD_LETTER
}
