package dev.millrace.pipeline.publish;

import java.io.Serializable;

/**
 * How many records one ingest task may refuse within {@link #WINDOW_SECONDS} seconds before the job stops. A stream
 * that is wrong as a whole should stop the job, not fill a topic.
 *
 * @param maxRatio refused records divided by records read, in (0, 1]; 1 switches this limit off
 * @param maxPerMinute refused records per minute
 * @param minRecords records read before the ratio is looked at: one bad record out of one is not 100 %
 */
public record DeadLetterQuota(double maxRatio, long maxPerMinute, long minRecords) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Length of the sliding window, in seconds. */
    public static final int WINDOW_SECONDS = 60;

    public DeadLetterQuota {
        if (!(maxRatio > 0 && maxRatio <= 1)) {
            throw new IllegalArgumentException("maxRatio must be in (0, 1]. Received: " + maxRatio);
        }
        if (maxPerMinute < 1) {
            throw new IllegalArgumentException("maxPerMinute must be >= 1. Received: " + maxPerMinute);
        }
        if (minRecords < 1) {
            throw new IllegalArgumentException("minRecords must be >= 1. Received: " + minRecords);
        }
    }
}
