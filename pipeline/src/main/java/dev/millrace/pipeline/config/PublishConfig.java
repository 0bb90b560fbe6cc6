package dev.millrace.pipeline.config;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where versions go.
 *
 * @param snapshotTopic for parts; null for no publication to Kafka, and then so is {@code modelTopic}
 * @param modelTopic for manifests
 * @param directory for files; null for none
 * @param interval least time between versions
 * @param maxPartBytes of one part, bytes
 * @param retainedVersions kept in the directory
 */
public record PublishConfig(
        @Nullable String snapshotTopic,
        @Nullable String modelTopic,
        @Nullable String directory,
        Duration interval,
        int maxPartBytes,
        int retainedVersions)
        implements Serializable {

    static PublishConfig of(OptionValues values) {
        return new PublishConfig(
                values.find(TrainingOptions.PUBLISH_SNAPSHOT_TOPIC),
                values.find(TrainingOptions.PUBLISH_MODEL_TOPIC),
                values.find(TrainingOptions.PUBLISH_DIRECTORY),
                values.get(TrainingOptions.PUBLISH_INTERVAL),
                Math.toIntExact(
                        values.get(TrainingOptions.PUBLISH_MAX_PART_BYTES).getBytes()),
                values.get(TrainingOptions.PUBLISH_RETAINED_VERSIONS));
    }
}
