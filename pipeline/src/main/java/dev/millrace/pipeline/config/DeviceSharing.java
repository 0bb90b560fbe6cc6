package dev.millrace.pipeline.config;

/** How many workers of a process a device has. */
public enum DeviceSharing {
    /** One at most. */
    EXCLUSIVE,
    /** As many as it takes: each new one goes to the device with the fewest. */
    SHARED
}
