package dev.millrace.pipeline.config;

import static org.apache.flink.configuration.CheckpointingOptions.CHECKPOINTING_INTERVAL;
import static org.apache.flink.configuration.CheckpointingOptions.CHECKPOINTS_DIRECTORY;
import static org.apache.flink.configuration.CheckpointingOptions.ENABLE_CHECKPOINTS_AFTER_TASKS_FINISH;
import static org.apache.flink.configuration.CheckpointingOptions.ENABLE_UNALIGNED;
import static org.apache.flink.configuration.CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION;
import static org.apache.flink.configuration.CheckpointingOptions.TOLERABLE_FAILURE_NUMBER;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.junit.jupiter.api.Test;

/** Reads the options back through Flink's own constants, so that a misspelled key fails. */
class FlinkDefaultsTest {
    private static ConfigLoader minimal() {
        return ConfigLoader.withoutFile()
                .override("model.name", "m")
                .override("model.inputs", 3)
                .override("model.layers", List.of(Map.of("dense", Map.of("units", 1))))
                .override("model.loss", "mean_squared_error")
                .override("kafka.bootstrap.servers", "b:1")
                .override("source.topics", "samples");
    }

    @Test
    void theLoopGetsWhatItNeeds() {
        Configuration job = FlinkDefaults.job(minimal().load());

        assertThat(job.get(ExecutionOptions.BUFFER_TIMEOUT)).isEqualTo(Duration.ZERO);
        assertThat(job.get(ExecutionOptions.BUFFER_TIMEOUT_ENABLED)).isTrue();
        assertThat(job.get(PipelineOptions.OBJECT_REUSE)).isTrue();
        assertThat(job.get(PipelineOptions.GENERIC_TYPES)).isFalse();
        assertThat(job.get(ExecutionOptions.SNAPSHOT_COMPRESSION)).isTrue();
        assertThat(job.get(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE))
                .isEqualTo(CheckpointingMode.EXACTLY_ONCE);
        assertThat(job.get(ENABLE_CHECKPOINTS_AFTER_TASKS_FINISH)).isTrue();
    }

    @Test
    void aServiceSurvivesAFailedCheckpointAndGivesUpOnAPoisonRecord() {
        Configuration job = FlinkDefaults.job(minimal().load());

        assertThat(job.get(TOLERABLE_FAILURE_NUMBER)).isEqualTo(3);
        assertThat(job.get(EXTERNALIZED_CHECKPOINT_RETENTION))
                .isEqualTo(ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        assertThat(job.get(RestartStrategyOptions.RESTART_STRATEGY)).isEqualTo("exponential-delay");
        assertThat(job.get(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF))
                .isEqualTo(Duration.ofSeconds(2));
        assertThat(job.get(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF))
                .isEqualTo(Duration.ofMinutes(1));
        assertThat(job.get(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD))
                .isEqualTo(Duration.ofMinutes(10));
        // Eight hours of a minute each.
        assertThat(job.get(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS))
                .isEqualTo(480);
    }

    @Test
    void aJobThatAPersonWatchesGivesUpSoonUnlessTheConfigurationSaysOtherwise() {
        String attempts = "restart-strategy.exponential-delay.attempts-before-reset-backoff";

        Configuration watched = FlinkDefaults.watched(minimal().load());
        Configuration told = FlinkDefaults.watched(
                minimal().override("flink." + attempts, "7").load());

        assertThat(watched.get(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS))
                .isEqualTo(5);
        assertThat(told.get(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS))
                .isEqualTo(7);
    }

    @Test
    void theConfigurationReachesFlink() {
        TrainingConfig config = minimal()
                .override("checkpoint.interval", "3 s")
                .override("checkpoint.directory", "file:///tmp/checkpoints")
                .override("checkpoint.unaligned", true)
                .override("flink.execution.checkpointing.tolerable-failed-checkpoints", 7)
                .load();

        Configuration job = FlinkDefaults.job(config);

        assertThat(job.get(CHECKPOINTING_INTERVAL)).isEqualTo(Duration.ofSeconds(3));
        assertThat(job.get(CHECKPOINTS_DIRECTORY)).isEqualTo("file:///tmp/checkpoints");
        assertThat(job.get(ENABLE_UNALIGNED)).isTrue();
        assertThat(job.get(TOLERABLE_FAILURE_NUMBER)).isEqualTo(7);
    }

    @Test
    void theClusterFailsOverAsAWholeAndTakesNoJobsFromTheBrowser() {
        Configuration cluster = FlinkDefaults.cluster();

        assertThat(cluster.get(JobManagerOptions.EXECUTION_FAILOVER_STRATEGY)).isEqualTo("full");
        assertThat(cluster.get(WebOptions.SUBMIT_ENABLE)).isFalse();
    }
}
