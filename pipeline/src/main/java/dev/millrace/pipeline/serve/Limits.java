package dev.millrace.pipeline.serve;

import java.time.Duration;

/**
 * What the server takes, so that its memory is bounded by configuration and not by what is sent.
 *
 * @param bodyBytes of one request
 * @param rows of one request
 * @param concurrent requests answered at a time; as many again wait for up to {@link #QUEUED}
 * @param perClient requests per second from one address; 0 for any number
 * @param stop how long requests under way may go on when the server stops
 */
public record Limits(long bodyBytes, int rows, int concurrent, int perClient, Duration stop) {
    /** How long a request waits for its turn. */
    static final Duration QUEUED = Duration.ofSeconds(1);

    /** Values of features and outputs that one request may make, 64 MiB as float32. */
    static final int VALUES = 1 << 24;

    public Limits {
        require("--max-body", bodyBytes, 1, 1L << 30);
        require("--max-rows", rows, 1, 1 << 20);
        require("--max-concurrent", concurrent, 1, 4096);
        require("--max-rate", perClient, 0, 1_000_000);
        require("--stop-timeout", stop.toSeconds(), 1, 3600);
    }

    private static void require(String option, long value, long min, long max) {
        if (value >= min && value <= max) return;
        throw new IllegalArgumentException(option + " must be in " + min + ".." + max + ". Received: " + value);
    }
}
