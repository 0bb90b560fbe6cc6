package dev.millrace.pipeline.config;

import dev.millrace.model.gate.Thresholds;
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
 * @param liveTopic for parameters between checkpoints; null for none
 * @param liveInterval least time between two sets of them
 * @param gate what a version must be to become champion
 */
public record PublishConfig(
        @Nullable String snapshotTopic,
        @Nullable String modelTopic,
        @Nullable String directory,
        Duration interval,
        int maxPartBytes,
        int retainedVersions,
        @Nullable String liveTopic,
        Duration liveInterval,
        Thresholds gate)
        implements Serializable {

    static PublishConfig of(OptionValues values) {
        return new PublishConfig(
                values.find(TrainingOptions.PUBLISH_SNAPSHOT_TOPIC),
                values.find(TrainingOptions.PUBLISH_MODEL_TOPIC),
                values.find(TrainingOptions.PUBLISH_DIRECTORY),
                values.get(TrainingOptions.PUBLISH_INTERVAL),
                Math.toIntExact(
                        values.get(TrainingOptions.PUBLISH_MAX_PART_BYTES).getBytes()),
                values.get(TrainingOptions.PUBLISH_RETAINED_VERSIONS),
                values.find(TrainingOptions.PUBLISH_LIVE_TOPIC),
                values.get(TrainingOptions.PUBLISH_LIVE_INTERVAL),
                gate(values));
    }

    private static Thresholds gate(OptionValues values) {
        return new Thresholds(
                values.get(TrainingOptions.PUBLISH_GATE_METRIC),
                values.find(TrainingOptions.PUBLISH_GATE_MAX_REGRESSION),
                values.find(TrainingOptions.PUBLISH_GATE_MAX_LOSS),
                values.find(TrainingOptions.PUBLISH_GATE_MIN_ACCURACY),
                values.find(TrainingOptions.PUBLISH_GATE_MIN_AUC),
                values.get(TrainingOptions.PUBLISH_GATE_MIN_SAMPLES),
                Math.max(1, values.get(TrainingOptions.PUBLISH_GATE_MAX_AGE).toMillis()));
    }
}
