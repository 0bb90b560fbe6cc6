package dev.millrace.pipeline.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration of a training job, checked: from the command line, over a YAML file, over the defaults of
 * {@link TrainingOptions}.
 *
 * @param origin the file's name, for messages
 * @param model the model section or file, nested as in YAML
 * @param features how records become samples; null for records that are samples as shipped
 * @param optimizer the optimizer section; empty for the default
 * @param learningRate the learning-rate section; empty for the default
 * @param challenger a second configuration on the same samples; null for none
 * @param flink Flink's own options for the job, as given
 * @param effective every key with its value in effect, as YAML, without secrets: references stay references
 */
public record TrainingConfig(
        String origin,
        Map<String, @Nullable Object> model,
        @Nullable RecordMapping features,
        KafkaConfig kafka,
        SourceConfig source,
        SampleConfig sample,
        BatchConfig batch,
        Map<String, @Nullable Object> optimizer,
        Map<String, @Nullable Object> learningRate,
        StepConfig training,
        CudaConfig cuda,
        MetricsConfig metrics,
        CheckpointConfig checkpoint,
        PublishConfig publish,
        ReportConfig report,
        ControlConfig control,
        DeadLetterConfig deadLetter,
        @Nullable ChallengerConfig challenger,
        Map<String, String> flink,
        String effective) {

    /**
     * Reads a file with overrides of the form {@code key=value}.
     *
     * @throws ConfigException naming every mistake
     */
    public static TrainingConfig load(Path file, List<String> overrides) {
        return ConfigLoader.of(file).overrides(overrides).load();
    }

    /** SHA-256 of the effective configuration, in hex: equal for equal training, whatever the secrets. */
    public String hash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(effective.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** Origin and hash: the values are in {@link #effective()}. */
    @Override
    public String toString() {
        return "TrainingConfig[" + origin + ", " + hash() + "]";
    }
}
