package dev.millrace.pipeline.config;

/** What a job does that is to read on where a topic has no records: retention deleted them, or it was made anew. */
public enum LostOffsets {
    /** It stops and says so. The default: what was not read is a gap in what the model learns. */
    FAIL,
    /** It goes on at the oldest record still there. */
    EARLIEST,
    /** It goes on with the next record to arrive. */
    LATEST
}
