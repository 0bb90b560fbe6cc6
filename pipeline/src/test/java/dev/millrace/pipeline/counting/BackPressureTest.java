package dev.millrace.pipeline.counting;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class BackPressureTest {
    private static final int BATCH = 32;
    private static final int WORKERS = 2;

    /**
     * The source could deliver hundreds of times as fast as the workers train. Between them, per worker, there are at
     * most the four mini-batches of the credits and one that is being filled.
     */
    @Test
    void fastSourceWaitsForSlowTraining() throws Exception {
        Faults none = Faults.none();
        CountingJob job = new CountingJob.Builder()
                .units(60_000)
                .batchSize(BATCH * WORKERS)
                .nanosPerBatch(4_000_000)
                .maxAgeMillis(10_000)
                .faults(none)
                .build();
        long checkpoints;

        try (CountingCluster cluster = new CountingCluster(1, WORKERS)) {
            JobID id = cluster.submit(job.graph(CountingCluster.jobConfiguration(200, false), WORKERS));
            cluster.awaitCheckpoints(id, 10);
            checkpoints = cluster.completedCheckpoints(id);
            cluster.awaitFinished(id);
        }

        assertThat(none.longestBacklog()).isBetween(1L, (long) WORKERS * (4 + 1) * BATCH);
        assertThat(checkpoints).isGreaterThanOrEqualTo(10);
    }
}
