package dev.millrace.pipeline.server;

import java.io.Serializable;

/**
 * Where live parameters leave. It never makes the training wait: it takes one state at a time, and those that come while that
 * is under way are left out. It has one user, in one thread.
 */
public interface LiveOutlet extends AutoCloseable {

    /** Makes the outlet where the server runs. */
    @FunctionalInterface
    interface Factory extends Serializable {
        LiveOutlet open();
    }

    /** Whether it takes a state now. */
    boolean isIdle();

    /** Takes a state and returns at once. Only while idle. */
    void send(LiveState state);

    /** How many have arrived where they are read. */
    long sent();

    /** How many have not. */
    long failed();

    /** Gives what is under way a moment to arrive. */
    @Override
    void close();
}
