package dev.millrace.pipeline.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.flink.configuration.ConfigOption;

/** What options must satisfy together. */
final class CrossChecks {
    private final OptionValues values;
    private final BiConsumer<String, String> problem;

    private CrossChecks(OptionValues values, BiConsumer<String, String> problem) {
        this.values = values;
        this.problem = problem;
    }

    /** @param problem takes a key and what is wrong with it */
    static void run(OptionValues values, BiConsumer<String, String> problem) {
        CrossChecks checks = new CrossChecks(values, problem);
        checks.batchBounds();
        checks.reduction();
        checks.publication();
        checks.gate();
        checks.deadLetters();
        checks.control();
        checks.topics();
    }

    private void batchBounds() {
        if (values.get(TrainingOptions.BATCH_POLICY) == BatchPolicy.FIXED) return;
        int min = values.get(TrainingOptions.BATCH_MIN);
        int max = values.get(TrainingOptions.BATCH_MAX);
        int size = values.get(TrainingOptions.BATCH_SIZE);
        if (max < min) {
            report(TrainingOptions.BATCH_MAX, "must be >= batch.min (" + min + "). Received: " + max);
        } else if (size < min || size > max) {
            report(
                    TrainingOptions.BATCH_SIZE,
                    "must be in batch.min..batch.max (" + min + ".." + max + "). Received: " + size);
        }
    }

    private void reduction() {
        BatchPolicy policy = values.get(TrainingOptions.BATCH_POLICY);
        if (policy.needsNorms() && values.get(TrainingOptions.TRAINING_REDUCTION) == Reduction.SUM) {
            report(
                    TrainingOptions.TRAINING_REDUCTION,
                    "must be mean where batch.policy goes by gradients. Received: sum");
        }
    }

    private void publication() {
        boolean parts = values.find(TrainingOptions.PUBLISH_SNAPSHOT_TOPIC) != null;
        boolean manifests = values.find(TrainingOptions.PUBLISH_MODEL_TOPIC) != null;
        if (parts && !manifests)
            report(TrainingOptions.PUBLISH_MODEL_TOPIC, "is missing beside publish.snapshot-topic");
        if (manifests && !parts)
            report(TrainingOptions.PUBLISH_SNAPSHOT_TOPIC, "is missing beside publish.model-topic");
    }

    private void gate() {
        long samples = values.get(TrainingOptions.PUBLISH_GATE_MIN_SAMPLES);
        long window = values.get(TrainingOptions.METRICS_WINDOW);
        boolean open = values.find(TrainingOptions.PUBLISH_GATE_MAX_REGRESSION) != null
                || values.find(TrainingOptions.PUBLISH_GATE_MAX_LOSS) != null
                || values.find(TrainingOptions.PUBLISH_GATE_MIN_ACCURACY) != null
                || values.find(TrainingOptions.PUBLISH_GATE_MIN_AUC) != null;
        if (open && samples > window) {
            report(
                    TrainingOptions.PUBLISH_GATE_MIN_SAMPLES,
                    "must be <= metrics.window (" + window + "), or nothing is ever promoted. Received: " + samples);
        }
    }

    private void deadLetters() {
        boolean wanted = values.get(TrainingOptions.DEAD_LETTER_POLICY) == BadRecordPolicy.DEAD_LETTER;
        boolean topic = values.find(TrainingOptions.DEAD_LETTER_TOPIC) != null;
        if (wanted && !topic)
            report(TrainingOptions.DEAD_LETTER_TOPIC, "is missing beside dead-letter.policy: dead-letter");
        if (topic && !wanted)
            report(TrainingOptions.DEAD_LETTER_POLICY, "must be dead-letter for dead-letter.topic to be used");
    }

    private void control() {
        if (values.find(TrainingOptions.CONTROL_TOPIC) != null && values.find(TrainingOptions.REPORT_TOPIC) == null)
            report(TrainingOptions.REPORT_TOPIC, "is missing beside control.topic: commands are acknowledged there");
    }

    /** One topic for two purposes would feed the job with its own output, or mix records. */
    private void topics() {
        Map<String, String> users = new LinkedHashMap<>();
        var sources = values.find(TrainingOptions.SOURCE_TOPICS);
        if (sources != null) sources.forEach(topic -> users.put(topic, TrainingOptions.SOURCE_TOPICS.key()));
        distinct(TrainingOptions.PUBLISH_SNAPSHOT_TOPIC, users);
        distinct(TrainingOptions.PUBLISH_MODEL_TOPIC, users);
        distinct(TrainingOptions.PUBLISH_LIVE_TOPIC, users);
        distinct(TrainingOptions.REPORT_TOPIC, users);
        distinct(TrainingOptions.CONTROL_TOPIC, users);
        distinct(TrainingOptions.DEAD_LETTER_TOPIC, users);
    }

    private void distinct(ConfigOption<String> option, Map<String, String> users) {
        String topic = values.find(option);
        if (topic == null) return;
        String other = users.putIfAbsent(topic, option.key());
        if (other != null) report(option, "must differ from " + other + ". Received: " + topic);
    }

    private void report(ConfigOption<?> option, String message) {
        problem.accept(option.key(), message);
    }
}
