package dev.millrace.pipeline.config;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Flink's options for a training job: what the loop cannot do without, and better defaults for a job that must survive
 * unattended. {@code flink.*} keys of a configuration win over the defaults, never over the requirements.
 */
public final class FlinkDefaults {
    private static final String ATTEMPTS = "restart-strategy.exponential-delay.attempts-before-reset-backoff";

    /** What the training loop is built on. */
    private static final Map<String, String> REQUIRED = ordered(
            "execution.runtime-mode", "STREAMING",
            // A buffer waiting to fill would hold each round trip of the loop for 100 ms.
            "execution.buffer-timeout.enabled", "true",
            "execution.buffer-timeout.interval", "0 ms",
            // Operators hand mutable batches on; a copy per hop would cost more than the gradient.
            "pipeline.object-reuse", "true",
            // Every type on an edge has its own serializer; Kryo would be a mistake, and a risk.
            "pipeline.generic-types", "false",
            // Uncompressed operator state is restored byte by byte in Flink 2.3: seconds per megabyte.
            "execution.checkpointing.snapshot-compression", "true",
            "execution.checkpointing.mode", "EXACTLY_ONCE",
            // Published versions are those of completed checkpoints, also of the last one of a bounded run.
            "execution.checkpointing.checkpoints-after-tasks-finish", "true");

    /** Where Flink's own default suits a demonstration rather than a service. */
    private static final Map<String, String> DEFAULTS = ordered(
            // Flink: 0, one failed checkpoint fails the job.
            "execution.checkpointing.tolerable-failed-checkpoints",
            "3",
            // Flink: checkpoints are deleted when a job is canceled.
            "execution.checkpointing.externalized-checkpoint-retention",
            "RETAIN_ON_CANCELLATION",
            "execution.checkpointing.timeout",
            "5 min",
            // Brokers may be away for a night. Flink: without limit, so that what fails each time restarts for ever.
            "restart-strategy.type",
            "exponential-delay",
            "restart-strategy.exponential-delay.initial-backoff",
            "2 s",
            "restart-strategy.exponential-delay.max-backoff",
            "1 min",
            "restart-strategy.exponential-delay.reset-backoff-threshold",
            "10 min",
            ATTEMPTS,
            "480");

    /** What belongs to the cluster and not to a job; the mini cluster and the shipped cluster files set it. */
    private static final Map<String, String> CLUSTER = ordered(
            // Source, workers and server are one region: nothing can be restarted alone.
            "jobmanager.execution.failover-strategy", "full",
            "web.submit.enable", "false");

    private static final Map<String, String> OWNED = Map.of(
            "execution.checkpointing.interval", "use checkpoint.interval",
            "execution.checkpointing.dir", "use checkpoint.directory",
            "execution.checkpointing.unaligned.enabled", "use checkpoint.unaligned",
            "execution.checkpointing.unaligned", "use checkpoint.unaligned",
            "parallelism.default", "use training.workers");

    private FlinkDefaults() {}

    /** Flink's options for this job where a person watches it: it gives up soon, and says why. */
    public static Configuration watched(TrainingConfig config) {
        Configuration options = job(config);
        if (!config.flink().containsKey(ATTEMPTS)) options.setString(ATTEMPTS, "5");
        return options;
    }

    /** Flink's options for this job. */
    public static Configuration job(TrainingConfig config) {
        Map<String, String> options = new LinkedHashMap<>(DEFAULTS);
        options.putAll(config.flink());
        options.putAll(REQUIRED);
        CheckpointConfig checkpoint = config.checkpoint();
        options.put("execution.checkpointing.interval", checkpoint.interval().toMillis() + " ms");
        options.put("execution.checkpointing.unaligned.enabled", String.valueOf(checkpoint.unaligned()));
        String directory = checkpoint.directory();
        if (directory != null) {
            options.put("execution.checkpointing.storage", "filesystem");
            options.put("execution.checkpointing.dir", directory);
        }
        return Configuration.fromMap(options);
    }

    /** Flink's options for a cluster that runs training jobs. */
    public static Configuration cluster() {
        return Configuration.fromMap(CLUSTER);
    }

    /** Every option set here with its value, for the reference table: required, defaults, cluster. */
    static Map<String, Map<String, String>> all() {
        Map<String, Map<String, String>> all = new LinkedHashMap<>();
        all.put("fixed", REQUIRED);
        all.put("default", DEFAULTS);
        all.put("cluster", CLUSTER);
        return all;
    }

    /** Why a configuration must not set this Flink option; null if it may. */
    static @Nullable String refusal(String key) {
        String instead = OWNED.get(key);
        if (instead != null) return instead;
        if (REQUIRED.containsKey(key)) return "the training loop needs " + REQUIRED.get(key);
        return CLUSTER.containsKey(key) ? "it belongs into the cluster's own configuration" : null;
    }

    private static Map<String, String> ordered(String... keysAndValues) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) map.put(keysAndValues[i], keysAndValues[i + 1]);
        return map;
    }
}
