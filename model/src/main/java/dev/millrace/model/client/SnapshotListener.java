package dev.millrace.model.client;

import java.time.Duration;

/**
 * Is told what happens to a client's model, on the client's thread: it holds up what comes next. What it throws is logged.
 */
public interface SnapshotListener {

    /** A version serves from now on. */
    default void loaded(ServedModel model) {}

    /**
     * A version does not serve, the one before goes on. Told once for each version and reason; a version that was refused is
     * tried again.
     *
     * @param version what was refused, as {@code 41}, or the choice if it led to no version
     */
    default void refused(String version, String reason) {}

    /** The source could not be asked or read; told once until it answers again. */
    default void unreachable(Exception reason) {}

    /** The limit of freshness was crossed; told once until a version within it serves. */
    default void stale(Duration age) {}
}
