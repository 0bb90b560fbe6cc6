package dev.millrace.pipeline.server;

import java.io.Serializable;

/**
 * That live parameters leave, and how often.
 *
 * @param intervalMillis least time between two of them, milliseconds
 */
public record LiveSettings(LiveOutlet.Factory outlet, long intervalMillis) implements Serializable {
    public LiveSettings {
        if (intervalMillis < 1) {
            throw new IllegalArgumentException("publish.live.interval must be >= 1 ms. Received: " + intervalMillis);
        }
    }
}
