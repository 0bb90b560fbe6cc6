package dev.millrace.pipeline.counting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.client.DirectorySource;
import dev.millrace.model.client.SnapshotClient;
import dev.millrace.model.client.kafka.KafkaSource;
import dev.millrace.pipeline.Uids;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.PublishedHistory;
import dev.millrace.pipeline.publish.SnapshotFileSink;
import dev.millrace.pipeline.publish.SnapshotTopicSink;
import dev.millrace.pipeline.publish.SnapshotTopics;
import dev.millrace.pipeline.server.SnapshotRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two services follow a model, one by its topics and one by its directory, while the TaskManager of the job is killed ten times
 * under load: every version that they come by is checked as a service checks it.
 */
@Tag("soak")
@Timeout(600)
class ReaderAcrossKillsSoakTest {
    private static final SnapshotTopics TOPICS = new SnapshotTopics("parts", "models");
    private static final int KILLS = 10;
    private static final int UNITS = 50_000;

    @Test
    void tenKillsShowAServiceWholeVersionsAloneThatRiseAndHaveOneContent(@TempDir Path directory) throws Exception {
        Map<Long, String> contents = new ConcurrentHashMap<>();
        VersionsSeen byTopic = new VersionsSeen("the reader of topics", contents);
        VersionsSeen byFile = new VersionsSeen("the reader of files", contents);
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
                CountingCluster cluster = new CountingCluster(1, 2)) {
            for (String topic : List.of("parts", "models")) kafka.createTopic(topic, 1, Map.of());
            Properties properties = new Properties();
            properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
            CountingJob job = new CountingJob.Builder()
                    .units(UNITS)
                    .nanosPerBatch(5_000_000)
                    .publish(snapshots -> publish(snapshots, properties, directory))
                    .build();
            JobID id = cluster.submit(job.graph(CountingCluster.jobConfiguration(300, false), 2));
            try (SnapshotClient topics = byTopic.follow(
                            new KafkaSource(properties, TOPICS.models(), TOPICS.snapshots(), "counting"));
                    SnapshotClient files = byFile.follow(new DirectorySource(directory))) {
                for (int kill = 1; kill <= KILLS; kill++) {
                    cluster.awaitCheckpoints(id, 2);
                    cluster.replaceTaskManager();
                    cluster.awaitRestored(id, kill);
                }
                cluster.awaitFinished(id, Duration.ofMinutes(6));
                assertThat(topics.await(Duration.ofSeconds(10))).isNotNull();
                assertThat(files.await(Duration.ofSeconds(10))).isNotNull();
            }
            PublishedHistory published = PublishedHistory.of(kafka, TOPICS, "counting");
            published.assertVersionsRise();
            published
                    .manifests()
                    .forEach(manifest -> assertThat(manifest.sha256())
                            .isEqualTo(contents.getOrDefault(manifest.version(), manifest.sha256())));
            float[] counts =
                    published.snapshots().get(published.snapshots().size() - 1).parameters();
            assertThat(counts).hasSize(CountingModel.samples(UNITS)).containsOnly(1);
        }
        for (VersionsSeen seen : List.of(byTopic, byFile)) {
            seen.assertRiseAndNoneWasRefused();
            assertThat(seen.versions()).hasSizeGreaterThan(KILLS);
        }
        System.out.printf(
                "%d kills: %d versions seen by topic, %d by file, none refused%n",
                KILLS, byTopic.versions().size(), byFile.versions().size());
    }

    private static void publish(DataStream<SnapshotRecord> snapshots, Properties kafka, Path directory) {
        SnapshotTopicSink.attach(snapshots, kafka, TOPICS, "counting", 512 * 1024, Uids.SNAPSHOT_TOPIC);
        snapshots
                .sinkTo(new SnapshotFileSink(directory.toString(), 10))
                .uid(Uids.SNAPSHOT_FILES)
                .setParallelism(1);
    }
}
