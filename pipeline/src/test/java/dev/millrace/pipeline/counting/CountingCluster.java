package dev.millrace.pipeline.counting;

import static java.util.stream.Collectors.toSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.CheckpointStatsHistory;
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
        configuration.setString("web.exception-history-size", "100");
        configuration.setString("web.checkpoints.history", "10000");
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
        awaitFinished(job, LIMIT);
    }

    void awaitFinished(JobID job, Duration limit) throws Exception {
        JobResult result = cluster.requestJobResult(job).get(limit.toSeconds(), TimeUnit.SECONDS);
        result.toJobExecutionResult(getClass().getClassLoader()); // throws if it failed
    }

    long completedCheckpoints(JobID job) throws Exception {
        CheckpointStatsSnapshot stats = cluster.getExecutionGraph(job)
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .getCheckpointStatsSnapshot();
        return stats == null ? 0 : stats.getCounts().getNumberOfCompletedCheckpoints();
    }

    /** Of those that were begun; Flink also counts as failed what it would have begun before all tasks ran. */
    long failedCheckpoints(JobID job) throws Exception {
        return checkpoints(job).getCheckpoints().stream()
                .filter(checkpoint -> checkpoint.getStatus().isFailed())
                .count();
    }

    long restored(JobID job) throws Exception {
        CheckpointStatsSnapshot stats = cluster.getExecutionGraph(job)
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .getCheckpointStatsSnapshot();
        return stats == null ? 0 : stats.getCounts().getNumberOfRestoredCheckpoints();
    }

    private CheckpointStatsHistory checkpoints(JobID job) throws Exception {
        CheckpointStatsSnapshot stats = cluster.getExecutionGraph(job)
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .getCheckpointStatsSnapshot();
        if (stats == null) throw new AssertionError("no checkpoints");
        return stats.getHistory();
    }

    /** Ids of all checkpoints that have completed. */
    Set<Long> completedIds(JobID job) throws Exception {
        return checkpoints(job).getCheckpoints().stream()
                .filter(checkpoint -> checkpoint.getStatus().isCompleted())
                .map(AbstractCheckpointStats::getCheckpointId)
                .collect(toSet());
    }

    /** Waits until all tasks but those that {@code hold} stops have acknowledged a checkpoint, and tells its id. */
    long awaitHeldCheckpoint(JobID job, CheckpointHold hold) throws Exception {
        AtomicLong held = new AtomicLong(-1);
        await(() -> {
            for (AbstractCheckpointStats checkpoint : checkpoints(job).getCheckpoints()) {
                int missing = checkpoint.getNumberOfSubtasks() - checkpoint.getNumberOfAcknowledgedSubtasks();
                if (checkpoint.getStatus().isInProgress() && missing > 0 && missing == hold.waiting())
                    held.set(checkpoint.getCheckpointId());
            }
            return held.get() >= 0;
        });
        return held.get();
    }

    void awaitCompleted(JobID job, long checkpoint) throws Exception {
        await(() -> completedIds(job).contains(checkpoint));
    }

    void awaitRestored(JobID job, long times) throws Exception {
        await(() -> restored(job) >= times);
    }

    /** The failures that made the job restart: task and stack trace of each. */
    List<String> failures(JobID job) throws Exception {
        URI uri = cluster.getRestAddress().get().resolve("/jobs/" + job + "/exceptions?maxExceptions=100");
        HttpResponse<byte[]> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
        List<String> failures = new ArrayList<>();
        for (JsonNode entry : new ObjectMapper().readTree(response.body()).at("/exceptionHistory/entries")) {
            failures.add(entry.path("taskName").asText() + "\n"
                    + entry.path("stacktrace").asText());
        }
        return failures;
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
        terminateTaskManager();
        startTaskManager();
    }

    /** Takes the oldest task manager away. */
    void terminateTaskManager() throws Exception {
        CompletableFuture<Void> terminated = cluster.terminateTaskManager(nextToTerminate++);
        terminated.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    void startTaskManager() throws Exception {
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
