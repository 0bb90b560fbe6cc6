package dev.millrace.pipeline.counting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.gradient.ParameterBlock;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(240)
class ExactlyOnceTest {

    private static void assertEachSampleCountedOnce(CountingJob job) {
        float[] counts = job.snapshots.last();
        assertThat(counts).hasSize(job.samples);
        for (int id = 0; id < counts.length; id++) {
            if (counts[id] != 1) throw new AssertionError("sample " + id + " was applied " + counts[id] + " times");
        }
    }

    private static void assertVersionsRise(List<Long> versions) {
        assertThat(versions).isNotEmpty();
        for (int i = 1; i < versions.size(); i++) {
            assertThat(versions.get(i)).isGreaterThan(versions.get(i - 1));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,0", "2,0", "2,2", "2,2147483647"})
    void withoutFaults(int workers, int staleness) throws Exception {
        CountingJob job = new CountingJob.Builder().staleness(staleness).build();

        try (CountingCluster cluster = new CountingCluster(1, 2)) {
            cluster.awaitFinished(cluster.submit(job.graph(CountingCluster.jobConfiguration(100, false), workers)));
        }

        assertEachSampleCountedOnce(job);
        assertVersionsRise(job.snapshots.versions());
    }

    /** One in each operator, each after a checkpoint that followed the one before. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterAnExceptionInEachOperator(boolean unaligned) throws Exception {
        List<Faults.Point> points = List.of(Faults.Point.values());
        CountingJob job = new CountingJob.Builder()
                .units(40_000)
                .faults(Faults.at(points))
                .nanosPerBatch(1_500_000)
                .build();
        List<String> failures;

        try (CountingCluster cluster = new CountingCluster(1, 2)) {
            JobID id = cluster.submit(job.graph(CountingCluster.jobConfiguration(100, unaligned), 2));
            cluster.awaitFinished(id);
            failures = cluster.failures(id);
        }

        assertThat(job.faults.thrown()).isEqualTo(points.size());
        assertThat(points)
                .allSatisfy(point -> assertThat(failures)
                        .as("failures at %s", point)
                        .anyMatch(failure -> failure.contains(point.trace)));
        assertEachSampleCountedOnce(job);
    }

    /** Of two blocks each: a barrier that overtakes records finds one of them added and the other on its way. */
    @Test
    void whenABarrierFallsBetweenTheBlocksOfAGradient() throws Exception {
        int faults = 8;
        CountingJob job = new CountingJob.Builder()
                .units(100_000)
                .batchSize(512)
                .faults(Faults.at(Faults.Point.WORKER, faults))
                .nanosPerBatch(1_500_000)
                .build();
        assertThat(ParameterBlock.blocksOf(job.samples))
                .as("blocks of a gradient")
                .isEqualTo(2);

        try (CountingCluster cluster = new CountingCluster(1, 2)) {
            cluster.awaitFinished(cluster.submit(job.graph(CountingCluster.jobConfiguration(50, true), 2)));
        }

        assertThat(job.faults.thrown()).isEqualTo(faults);
        assertEachSampleCountedOnce(job);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterLosingATaskManagerFiveTimes(boolean unaligned) throws Exception {
        CountingJob job =
                new CountingJob.Builder().units(60_000).nanosPerBatch(2_000_000).build();
        int restarts;

        try (CountingCluster cluster = new CountingCluster(2, 1)) {
            JobID id = cluster.submit(job.graph(CountingCluster.jobConfiguration(100, unaligned), 2));
            for (int i = 0; i < 5; i++) {
                cluster.awaitCheckpoints(id, 3);
                cluster.replaceTaskManager();
            }
            cluster.awaitCheckpoints(id, 1);
            restarts = (int) cluster.restored(id);
            cluster.awaitFinished(id);
        }

        assertThat(restarts).as("restored checkpoints").isGreaterThanOrEqualTo(5);
        assertEachSampleCountedOnce(job);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void acrossSavepointsAtOtherParallelism(boolean unaligned, @TempDir Path directory) throws Exception {
        CountingJob job = new CountingJob.Builder()
                .units(40_000)
                .batchSize(700)
                .nanosPerBatch(20_000_000)
                .build();
        Configuration configuration = CountingCluster.jobConfiguration(100, unaligned);

        try (CountingCluster cluster = new CountingCluster(1, 2)) {
            JobID one = cluster.submit(job.graph(configuration, 1));
            cluster.awaitCheckpoints(one, 2);
            String first = cluster.stopWithSavepoint(one, directory.toUri().toString());
            JobID two = cluster.submit(job.graph(configuration, 2), first);
            cluster.awaitCheckpoints(two, 2);
            String second = cluster.stopWithSavepoint(two, directory.toUri().toString());
            cluster.awaitFinished(cluster.submit(job.graph(configuration, 1), second));
        }

        assertEachSampleCountedOnce(job);
        assertVersionsRise(job.snapshots.versions());
    }

    @Test
    void whenMiniBatchesCloseByAge() throws Exception {
        CountingJob job = new CountingJob.Builder()
                .units(3_000)
                .batchSize(100_000)
                .maxAgeMillis(20)
                .faults(Faults.at(Faults.Point.SOURCE, 2))
                .build();

        try (CountingCluster cluster = new CountingCluster(1, 2)) {
            cluster.awaitFinished(cluster.submit(job.graph(CountingCluster.jobConfiguration(50, false), 2)));
        }

        assertEachSampleCountedOnce(job);
    }

    /** Counts in the rows of a table behind a bias; each id comes three times. */
    private static void assertEachRowIsAt(float rounds, float[] counts) {
        assertThat(counts[0]).as("bias").isZero();
        for (int id = 1; id < counts.length; id++) {
            if (counts[id] != rounds) throw new AssertionError("row " + (id - 1) + " is at " + counts[id]);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,0", "2,0", "2,2", "2,2147483647"})
    void inTheRowsOfATableWithoutFaults(int workers, int staleness) throws Exception {
        CountingJob job = new CountingJob.Builder()
                .table()
                .rounds(3)
                .units(100_000)
                .batchSize(512)
                .staleness(staleness)
                .build();

        try (CountingCluster cluster = new CountingCluster(1, 2)) {
            cluster.awaitFinished(cluster.submit(job.graph(CountingCluster.jobConfiguration(100, false), workers)));
        }

        assertEachRowIsAt(3, job.snapshots.last());
    }

    /** One worker: it also checks that each row it meets is where the rounds before left it. */
    @ParameterizedTest
    @CsvSource({"1,false", "1,true", "2,false", "2,true"})
    void inTheRowsOfATableAfterAnExceptionInEachOperator(int workers, boolean unaligned) throws Exception {
        List<Faults.Point> points = List.of(Faults.Point.values());
        CountingJob job = new CountingJob.Builder()
                .table()
                .rounds(3)
                .units(13_000)
                .faults(Faults.at(points))
                .nanosPerBatch(1_500_000)
                .build();

        try (CountingCluster cluster = new CountingCluster(1, 2)) {
            cluster.awaitFinished(cluster.submit(job.graph(CountingCluster.jobConfiguration(100, unaligned), workers)));
        }

        assertThat(job.faults.thrown()).isEqualTo(points.size());
        assertEachRowIsAt(3, job.snapshots.last());
    }
}
