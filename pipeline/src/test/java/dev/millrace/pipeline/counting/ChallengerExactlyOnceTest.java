package dev.millrace.pipeline.counting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.gate.ChallengeRule;
import dev.millrace.model.gate.GateMetric;
import dev.millrace.model.snapshot.AliasChange;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two models count the same samples; the second is the better one and takes the first one's place while tasks fail. */
@Timeout(240)
class ChallengerExactlyOnceTest {
    private static final ChallengeRule RULE = new ChallengeRule(GateMetric.LOSS, 0.1, 1_000, 3, true);

    @ParameterizedTest(name = "unaligned {0}, in a table {1}")
    @CsvSource({"false, false", "true, false", "false, true"})
    void bothCountEachSampleOnceThoughRolesChangeAndTasksFail(boolean unaligned, boolean table) throws Exception {
        List<Faults.Point> points =
                List.of(Faults.Point.WORKER, Faults.Point.SERVER, Faults.Point.AFTER_SNAPSHOT, Faults.Point.FEEDBACK);
        CountingJob.Builder builder = new CountingJob.Builder()
                .units(30_000)
                .faults(Faults.at(points))
                .nanosPerBatch(1_500_000)
                .challengedBy(RULE);
        if (table) builder.table();
        CountingJob job = builder.build();

        try (CountingCluster cluster = new CountingCluster(1, 2)) {
            JobID id = cluster.submit(job.graph(CountingCluster.jobConfiguration(100, unaligned), 2));
            cluster.awaitFinished(id);
        }

        assertThat(job.faults.thrown()).isEqualTo(points.size());
        assertThat(job.snapshots.changes())
                .as("the roles have changed, and no worse model came back")
                .isNotEmpty()
                .allSatisfy(change -> {
                    assertThat(change.kind()).isEqualTo(AliasChange.Kind.SWAP);
                    assertThat(change.who()).isEqualTo(AliasChange.RULE);
                    assertThat(change.reason()).contains("loss 0.5000 against 1.000 of the model");
                });
        int bias = table ? 1 : 0;
        assertCountedOnce(job.snapshots.last(), bias, job.samples);
        assertCountedOnce(job.snapshots.last(CountingJob.RIVAL), bias, job.samples);
        assertThat(job.snapshots.last().length)
                .as("the model's name stands for what was the challenger")
                .isGreaterThan(job.snapshots.last(CountingJob.RIVAL).length);
    }

    /** It needs all samples: what it decides is the last that the server has to say, and the sinks must still take it. */
    @Test
    void aVerdictAtTheEndOfTheSamplesChangesTheRolesBeforeTheSinksEnd() throws Exception {
        int units = 1_000;
        CountingJob job = new CountingJob.Builder()
                .units(units)
                .challengedBy(new ChallengeRule(GateMetric.LOSS, 0.1, CountingModel.samples(units), 1, true))
                .build();

        try (CountingCluster cluster = new CountingCluster(1, 2)) {
            cluster.awaitFinished(cluster.submit(job.graph(CountingCluster.jobConfiguration(100, false), 2)));
        }

        assertThat(job.snapshots.changes()).as("changes of the roles").hasSize(1);
        assertCountedOnce(job.snapshots.last(), 0, job.samples);
        assertCountedOnce(job.snapshots.last(CountingJob.RIVAL), 0, job.samples);
    }

    private static void assertCountedOnce(float[] counts, int from, int samples) {
        assertThat(counts.length).isGreaterThanOrEqualTo(from + samples);
        for (int id = 0; id < counts.length - from; id++) {
            float expected = id < samples ? 1 : 0;
            if (counts[from + id] != expected) {
                throw new AssertionError("sample " + id + " was applied " + counts[from + id] + " times");
            }
        }
    }
}
