package dev.millrace.pipeline.local;

import dev.millrace.pipeline.config.FlinkDefaults;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** A Flink cluster in this process, with Flink's web interface; every socket is bound to the loopback address. */
final class LocalCluster implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final long STOP_SECONDS = 60;

    private final MiniCluster cluster;
    private final URI webInterface;

    private LocalCluster(MiniCluster cluster, URI webInterface) {
        this.cluster = cluster;
        this.webInterface = webInterface;
    }

    /**
     * @param slots one for each worker
     * @param directory for Flink's own files
     */
    static LocalCluster start(int slots, Path directory) throws Exception {
        Configuration options = new Configuration(FlinkDefaults.cluster());
        options.set(RestOptions.ADDRESS, LOOPBACK);
        options.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        options.set(RestOptions.BIND_PORT, "0");
        options.set(JobManagerOptions.ADDRESS, LOOPBACK);
        options.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        options.set(TaskManagerOptions.HOST, LOOPBACK);
        options.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
        options.set(CoreOptions.TMP_DIRS, directory.resolve("tmp").toString());
        options.set(
                BlobServerOptions.STORAGE_DIRECTORY, directory.resolve("blobs").toString());
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(options)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .setCommonBindAddress(LOOPBACK)
                .build());
        cluster.start();
        return new LocalCluster(cluster, cluster.getRestAddress().get());
    }

    URI webInterface() {
        return webInterface;
    }

    JobID submit(StreamGraph graph) throws InterruptedException, ExecutionException {
        return cluster.submitJob(graph.getJobGraph()).get().getJobID();
    }

    /** Completes when the job has ended, however it ended. */
    CompletableFuture<JobResult> result(JobID job) {
        return cluster.requestJobResult(job);
    }

    /** Whether each of the job's tasks runs or has ended; Flink makes no savepoint before. */
    boolean runs(JobID job) throws InterruptedException {
        try {
            List<ExecutionState> states = new ArrayList<>();
            cluster.getExecutionGraph(job)
                    .get(STOP_SECONDS, TimeUnit.SECONDS)
                    .getAllExecutionVertices()
                    .forEach(task -> states.add(task.getExecutionState()));
            return !states.isEmpty()
                    && states.stream()
                            .allMatch(state -> state == ExecutionState.RUNNING || state == ExecutionState.FINISHED);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /**
     * Stops a running job after a savepoint.
     *
     * @return where the savepoint is
     * @throws TimeoutException if that takes longer than a minute
     */
    String stop(JobID job, Path savepoints) throws InterruptedException, ExecutionException, TimeoutException {
        return cluster.stopWithSavepoint(job, savepoints.toUri().toString(), false, SavepointFormatType.CANONICAL)
                .get(STOP_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        cluster.closeAsync().join();
    }
}
