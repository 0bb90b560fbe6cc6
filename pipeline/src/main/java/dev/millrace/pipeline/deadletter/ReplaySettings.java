package dev.millrace.pipeline.deadletter;

import org.jspecify.annotations.Nullable;

/**
 * How letters are sent back.
 *
 * @param to topic for all records; null for the one that each came from
 * @param again whether records are sent that were refused after a replay
 * @param limit most records to send
 * @param perTransaction most records that become visible at once
 * @param ownTimes whether records keep their time stamps; else they get the time of sending, since a topic's retention may
 *     delete at once what is older than it
 * @param pace called before each record; may wait
 */
public record ReplaySettings(
        @Nullable String to, boolean again, long limit, int perTransaction, boolean ownTimes, Runnable pace) {

    /** As large as keeps a transaction well below a second. */
    public static final int PER_TRANSACTION = 500;

    public ReplaySettings {
        if (limit < 0) throw new IllegalArgumentException("limit must be >= 0. Received: " + limit);
        if (perTransaction < 1) {
            throw new IllegalArgumentException("perTransaction must be >= 1. Received: " + perTransaction);
        }
    }
}
