package dev.millrace.pipeline.publish;

import dev.millrace.model.client.kafka.SnapshotKeys;

/** What a record of the model topic says at a glance. */
public final class PublishedVersion {

    private PublishedVersion() {}

    /**
     * The version in the value of a record of the model topic.
     *
     * @throws IllegalArgumentException if the bytes are no manifest
     */
    public static long of(byte[] value) {
        return SnapshotKeys.manifestFraming().decode(value).getVersion();
    }
}
