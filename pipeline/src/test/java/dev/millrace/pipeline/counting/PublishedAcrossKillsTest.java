package dev.millrace.pipeline.counting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.Uids;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.PublishedHistory;
import dev.millrace.pipeline.publish.SnapshotTopicSink;
import dev.millrace.pipeline.publish.SnapshotTopics;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class PublishedAcrossKillsTest {
    private static final SnapshotTopics TOPICS = new SnapshotTopics("parts", "models");

    /**
     * The kill that hurts most comes when a checkpoint has completed and its transaction is not committed. To hit that
     * moment the checkpoint is held by its source tasks until the sink has sent and acknowledged everything, the broker
     * is taken away, and the checkpoint let go.
     */
    @Test
    void everyVersionIsWholeAndOfACompletedCheckpointAndNoneComesTwice() throws Exception {
        CheckpointHold hold = new CheckpointHold();
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
                CountingCluster cluster = new CountingCluster(1, 2)) {
            for (String topic : List.of("parts", "models")) kafka.createTopic(topic, 1, Map.of());
            CountingJob job = job(kafka, hold);
            JobID id = cluster.submit(job.graph(CountingCluster.jobConfiguration(300, false), 2));
            cluster.awaitCheckpoints(id, 3);
            cluster.replaceTaskManager();
            cluster.awaitRestored(id, 1);
            cluster.awaitCheckpoints(id, 2);

            hold.close();
            long held = cluster.awaitHeldCheckpoint(id, hold);
            kafka.stop();
            hold.open();
            cluster.awaitCompleted(id, held);
            cluster.terminateTaskManager();
            kafka.start();
            List<Long> before = PublishedHistory.of(kafka, TOPICS, "counting").versions();
            cluster.startTaskManager();
            cluster.awaitRestored(id, 2);
            cluster.awaitCheckpoints(id, 2);
            cluster.replaceTaskManager();
            cluster.awaitFinished(id);

            long version = versionOf(held, job);
            assertThat(before)
                    .as("the kill came before the commit")
                    .isNotEmpty()
                    .doesNotContain(version);
            PublishedHistory after = PublishedHistory.of(kafka, TOPICS, "counting");
            assertThat(after.versions()).contains(version);
            after.assertVersionsRise();
            assertCovered(after, job, cluster.completedIds(id));
            assertEachSampleCountedOnce(after.snapshots().get(after.snapshots().size() - 1));
        }
    }

    private static CountingJob job(EmbeddedKafka kafka, CheckpointHold hold) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
        return new CountingJob.Builder()
                .units(40_000)
                .nanosPerBatch(5_000_000)
                .hold(hold)
                .publish(snapshots -> SnapshotTopicSink.attach(
                        snapshots, properties, TOPICS, "counting", 512 * 1024, Uids.SNAPSHOT_TOPIC))
                .build();
    }

    private static long versionOf(long checkpoint, CountingJob job) {
        return job.snapshots.candidates().stream()
                .filter(candidate -> candidate.checkpoint() == checkpoint)
                .findFirst()
                .orElseThrow()
                .version();
    }

    /** What was published of a version is what left the server right before the barrier of a completed checkpoint. */
    private static void assertCovered(PublishedHistory published, CountingJob job, Set<Long> completed) {
        List<SnapshotManifest> covered = job.snapshots.candidates().stream()
                .filter(candidate -> completed.contains(candidate.checkpoint()))
                .map(candidate -> SnapshotManifest.fromJson(candidate.manifest()))
                .toList();
        assertThat(covered).containsAll(published.manifests());
    }

    private static void assertEachSampleCountedOnce(Snapshot last) {
        assertThat(last.parameters()).hasSize(CountingModel.samples(40_000)).containsOnly(1);
    }
}
