package dev.millrace.pipeline.server;

import dev.millrace.model.gate.GateMetric;
import dev.millrace.model.gate.Thresholds;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How versions become champions.
 *
 * @param gate what a version must be
 * @param retainedVersions kept for readers, at least two beside the champion and the one before it: of others a person may not make a champion
 * @param directory that versions are published in; null for none
 * @param onTopic which versions were published on Kafka; null if none are
 * @param live that parameters leave between checkpoints too; null if they do not
 */
public record PublicationSettings(
        Thresholds gate,
        int retainedVersions,
        @Nullable String directory,
        @Nullable PublishedVersions onTopic,
        @Nullable LiveSettings live)
        implements Serializable {
    /** The newest version and the one before it. */
    public static final int LEAST_RETAINED = 2;

    public PublicationSettings {
        retainedVersions = Math.max(LEAST_RETAINED, retainedVersions);
    }

    /** In a directory at most. */
    public PublicationSettings(Thresholds gate, int retainedVersions, @Nullable String directory) {
        this(gate, retainedVersions, directory, null, null);
    }

    /** Nothing is promoted automatically. */
    public static PublicationSettings closed(int retainedVersions) {
        Thresholds none = new Thresholds(GateMetric.LOSS, null, null, null, null, 1, Long.MAX_VALUE);
        return new PublicationSettings(none, retainedVersions, null);
    }
}
