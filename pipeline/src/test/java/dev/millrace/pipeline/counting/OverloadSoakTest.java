package dev.millrace.pipeline.counting;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two minutes of a source that could be ten times as fast as training. Not part of the usual build:
 *
 * <pre>mvn -P soak test -pl pipeline -am</pre>
 */
@Tag("soak")
@Timeout(900)
class OverloadSoakTest {
    private static final int WORKERS = 2;
    private static final int BATCH = 32;
    private static final int UNITS = 1000;
    private static final long NANOS_PER_BATCH = 10_000_000;

    /** Each id this often: so many that the workers need two minutes at least. */
    private static final int ROUNDS = 256;

    /** Mini-batches so large that training hardly holds the source up. */
    private static final int FREE_BATCH = 16_384;

    private static final int CHECKPOINTS_PER_READING = 50;

    /** What was seen so far, every 50 checkpoints. */
    private record Reading(long seconds, long longestBacklog, long heapKiB, long checkpoints) {}

    private static CountingJob job(int batch, long nanosPerBatch) {
        return new CountingJob.Builder()
                .units(UNITS)
                .rounds(ROUNDS)
                .batchSize(batch)
                .nanosPerBatch(nanosPerBatch)
                .maxAgeMillis(10_000)
                .build();
    }

    /** Samples a second. */
    private static double rate(CountingJob job, long nanos) {
        return job.samples * 1e9 / nanos;
    }

    @Test
    void leavesQueueAndHeapFlatAndCheckpointsComplete() throws Exception {
        List<Reading> readings = new ArrayList<>();
        CountingJob free = job(FREE_BATCH, 0);
        CountingJob slow = job(BATCH * WORKERS, NANOS_PER_BATCH);
        long failed;

        try (CountingCluster cluster = new CountingCluster(1, WORKERS)) {
            long begin = System.nanoTime();
            cluster.awaitFinished(cluster.submit(free.graph(CountingCluster.jobConfiguration(200, false), WORKERS)));
            double freeRate = rate(free, System.nanoTime() - begin);

            long start = System.nanoTime();
            JobID id = cluster.submit(slow.graph(CountingCluster.jobConfiguration(200, false), WORKERS));
            while (TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) < 110) {
                cluster.awaitCheckpoints(id, CHECKPOINTS_PER_READING);
                readings.add(new Reading(
                        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
                        slow.faults.longestBacklog(),
                        heapAfterCollection(),
                        cluster.completedCheckpoints(id)));
            }
            failed = cluster.failedCheckpoints(id); // before the end, which aborts the one in progress
            cluster.awaitFinished(id, Duration.ofMinutes(10));
            double slowRate = rate(slow, System.nanoTime() - start);
            System.out.printf("source >= %.0f/s, training %.0f/s, %d failed checkpoints%n", freeRate, slowRate, failed);
            readings.forEach(System.out::println);

            assertThat(freeRate).as("speed of the source").isGreaterThan(10 * slowRate);
        }

        assertThat(slow.snapshots.last()).hasSize(CountingModel.samples(UNITS)).containsOnly(ROUNDS);
        assertThat(failed).isZero();
        assertThat(readings).hasSizeGreaterThan(3);
        assertThat(readings)
                .allSatisfy(reading ->
                        assertThat(reading.longestBacklog()).isLessThanOrEqualTo((long) WORKERS * (4 + 1) * BATCH));
        Reading warm = readings.get(1);
        assertThat(readings.subList(2, readings.size()))
                .allSatisfy(reading -> assertThat(reading.heapKiB()).isLessThan(warm.heapKiB() + 16 * 1024));
    }

    private static long heapAfterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024;
    }
}
