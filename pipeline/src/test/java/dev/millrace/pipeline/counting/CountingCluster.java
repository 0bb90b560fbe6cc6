package dev.millrace.pipeline.counting;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/** A mini cluster whose task managers can be taken away. Every wait has a limit. */
final class CountingCluster implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final MiniCluster cluster;
    private int nextToTerminate;

    CountingCluster(int taskManagers, int slots) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("rest.bind-port", "0");
        configuration.setString("rest.bind-address", "127.0.0.1");
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(32));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
        configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(taskManagers)
                .setNumSlotsPerTaskManager(slots)
                .build());
        cluster.start();
    }

    /** What the loop needs, and checkpoints every {@code millis}. */
    static Configuration jobConfiguration(long checkpointMillis, boolean unaligned) {
        Configuration configuration = new Configuration();
        configuration.setString("execution.checkpointing.interval", checkpointMillis + " ms");
        configuration.setString("execution.checkpointing.unaligned.enabled", Boolean.toString(unaligned));
        configuration.setString("execution.checkpointing.tolerable-failed-checkpoints", "100");
        configuration.setString("execution.checkpointing.snapshot-compression", "true");
        configuration.setString("execution.buffer-timeout.interval", "0 ms");
        configuration.setString("pipeline.object-reuse", "true");
        configuration.setString("pipeline.generic-types", "false");
        configuration.setString("restart-strategy.type", "fixed-delay");
        configuration.setString("restart-strategy.fixed-delay.attempts", "100");
        configuration.setString("restart-strategy.fixed-delay.delay", "50 ms");
        return configuration;
    }

    JobID submit(JobGraph graph) throws Exception {
        return cluster.submitJob(graph).get(LIMIT.toSeconds(), TimeUnit.SECONDS).getJobID();
    }

    JobID submit(JobGraph graph, String savepoint) throws Exception {
        graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
        return submit(graph);
    }

    void awaitFinished(JobID job) throws Exception {
        JobResult result = cluster.requestJobResult(job).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        result.toJobExecutionResult(getClass().getClassLoader()); // throws if it failed
    }

    long completedCheckpoints(JobID job) throws Exception {
        CheckpointStatsSnapshot stats = cluster.getExecutionGraph(job)
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .getCheckpointStatsSnapshot();
        return stats == null ? 0 : stats.getCounts().getNumberOfCompletedCheckpoints();
    }

    long restored(JobID job) throws Exception {
        CheckpointStatsSnapshot stats = cluster.getExecutionGraph(job)
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .getCheckpointStatsSnapshot();
        return stats == null ? 0 : stats.getCounts().getNumberOfRestoredCheckpoints();
    }

    /** Waits until {@code more} checkpoints have completed from now on and the job runs. */
    void awaitCheckpoints(JobID job, int more) throws Exception {
        long wanted = completedCheckpoints(job) + more;
        await(() -> completedCheckpoints(job) >= wanted);
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) throw new AssertionError("waited " + LIMIT + " in vain");
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Takes the oldest task manager away and starts a new one. */
    void replaceTaskManager() throws Exception {
        CompletableFuture<Void> terminated = cluster.terminateTaskManager(nextToTerminate++);
        terminated.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        cluster.startTaskManager();
    }

    String stopWithSavepoint(JobID job, String directory) throws Exception {
        await(() -> cluster.getJobStatus(job).get(LIMIT.toSeconds(), TimeUnit.SECONDS) == JobStatus.RUNNING);
        return cluster.stopWithSavepoint(job, directory, false, SavepointFormatType.CANONICAL)
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        cluster.closeAsync().join();
    }
}
