package dev.millrace.pipeline.counting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.client.DirectorySource;
import dev.millrace.model.client.ServedModel;
import dev.millrace.model.client.SnapshotClient;
import dev.millrace.model.client.kafka.KafkaSource;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.Uids;
import dev.millrace.pipeline.cluster.FlinkCluster;
import dev.millrace.pipeline.cluster.FlinkRest;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.PublishedHistory;
import dev.millrace.pipeline.publish.SnapshotFileSink;
import dev.millrace.pipeline.publish.SnapshotTopicSink;
import dev.millrace.pipeline.publish.SnapshotTopics;
import dev.millrace.pipeline.server.SnapshotRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The counting job on processes: a JobManager and two TaskManagers with a worker each, one of them with the parameter server.
 * TaskManagers are killed with SIGKILL, the oldest first, while the job publishes to a directory and to topics.
 */
class KilledProcessesTest {
    private static final SnapshotTopics TOPICS = new SnapshotTopics("parts", "models");
    private static final int WORKERS = 2;
    private static final int UNITS = 12_000;
    private static final int SIGKILLED = 128 + 9; // exit value of a process, as Linux tells it
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    Path directory;

    @Test
    @Tag("soak")
    @Timeout(240)
    void twoKillsShowWholeRisingVersionsAndEachSampleIsCountedOnce() throws Exception {
        kill(2, 64);
    }

    @Test
    @Tag("soak")
    @Timeout(900)
    void tenKillsShowWholeRisingVersionsAndEachSampleIsCountedOnce() throws Exception {
        kill(10, 16);
    }

    /** @param batchSize such that the job outlasts the kills: no step takes less than 20 ms */
    private void kill(int kills, int batchSize) throws Exception {
        FlinkCluster cluster = new FlinkCluster(classPath(), Files.createDirectories(directory.resolve("flink")));
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            Deque<Process> taskManagers = new ArrayDeque<>();
            for (int i = 0; i < WORKERS; i++) taskManagers.add(cluster.startTaskManager(1));
            for (String topic : List.of("parts", "models")) kafka.createTopic(topic, 1, Map.of());
            Properties broker = new Properties();
            broker.setProperty("bootstrap.servers", kafka.bootstrapServers());
            FlinkRest rest = cluster.rest();
            await("the TaskManagers", () -> rest.slots() == WORKERS);
            String job = cluster.submit(job(batchSize, broker).graph(configuration(), WORKERS))
                    .toString();

            Map<Long, String> contents = new ConcurrentHashMap<>();
            VersionsSeen byTopic = new VersionsSeen("the reader of topics", contents);
            VersionsSeen byFile = new VersionsSeen("the reader of files", contents);
            try (SnapshotClient topics =
                            byTopic.follow(new KafkaSource(broker, TOPICS.models(), TOPICS.snapshots(), "counting"));
                    SnapshotClient files = byFile.follow(new DirectorySource(published()))) {
                for (int kill = 1; kill <= kills; kill++) {
                    awaitMoment(kill, byFile, job, rest);
                    int restored = rest.restored(job);
                    kill(taskManagers.remove());
                    taskManagers.add(cluster.startTaskManager(1));
                    await("a restart", () -> rest.restored(job) > restored);
                }
                await("the end of the job", () -> rest.status(job).equals("FINISHED"));
                assertThat(rest.restored(job)).isGreaterThanOrEqualTo(kills);
                long last = new SnapshotDirectory(published()).current().version();
                await("both readers", () -> serves(topics, last) && serves(files, last));
            }
            for (VersionsSeen seen : List.of(byTopic, byFile)) seen.assertRiseAndNoneWasRefused();
            assertPublished(PublishedHistory.of(kafka, TOPICS, "counting"), contents);
            System.out.printf(
                    "%d processes killed: %d versions seen by topic, %d by file, none refused%n",
                    kills, byTopic.versions().size(), byFile.versions().size());
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + cluster.log("jobmanager"), e);
        } finally {
            cluster.stop();
        }
    }

    private static boolean serves(SnapshotClient client, long version) {
        ServedModel model = client.current();
        return model != null && model.version() == version;
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private Configuration configuration() {
        Configuration configuration = CountingCluster.jobConfiguration(500, false);
        // Each try fails until the loss of a process is known and another one is there.
        configuration.setString("restart-strategy.fixed-delay.delay", "1 s");
        configuration.setString("restart-strategy.fixed-delay.attempts", "1000");
        configuration.setString("execution.checkpointing.storage", "filesystem");
        configuration.setString(
                "execution.checkpointing.dir",
                directory.resolve("checkpoints").toUri().toString());
        return configuration;
    }

    private CountingJob job(int batchSize, Properties broker) {
        return new CountingJob.Builder()
                .units(UNITS)
                .batchSize(batchSize)
                .nanosPerBatch(20_000_000)
                .publish(snapshots -> publish(snapshots, broker))
                .build();
    }

    private void publish(DataStream<SnapshotRecord> snapshots, Properties broker) {
        SnapshotTopicSink.attach(snapshots, broker, TOPICS, "counting", 512 * 1024, Uids.SNAPSHOT_TOPIC);
        snapshots
                .sinkTo(new SnapshotFileSink(published().toString(), 10))
                .uid(Uids.SNAPSHOT_FILES)
                .setParallelism(1);
    }

    private Path published() {
        return directory.resolve("published");
    }

    /**
     * This life of the job has published, and is about it again: every other time a version is written and not yet shown, else one
     * has just been shown by files and its transaction is being committed.
     */
    private void awaitMoment(int kill, VersionsSeen byFile, String job, FlinkRest rest) {
        await("the job to run", () -> rest.status(job).equals("RUNNING"));
        awaitOneMore(byFile); // of the life before, perhaps
        awaitOneMore(byFile);
        if (kill % 2 == 0) {
            Set<String> before = staged();
            await("a version that is being written", () -> !before.containsAll(staged()));
        } else {
            awaitOneMore(byFile);
        }
    }

    private static void awaitOneMore(VersionsSeen seen) {
        int count = seen.versions().size();
        await("a version", () -> seen.versions().size() > count);
    }

    private Set<String> staged() {
        try (Stream<Path> found = Files.list(published().resolve(".staging"))) {
            return found.map(path -> path.getFileName().toString()).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void kill(Process taskManager) throws InterruptedException {
        assertThat(taskManager.isAlive()).as("what is to be killed").isTrue();
        assertThat(taskManager.destroyForcibly().waitFor()).isEqualTo(SIGKILLED);
    }

    /** Of all that was ever committed: no version came twice, none counts a sample twice, and the last one counts all. */
    private void assertPublished(PublishedHistory history, Map<Long, String> contents) {
        history.assertVersionsRise();
        for (Snapshot snapshot : history.snapshots()) {
            String sha256 = snapshot.manifest().sha256();
            assertThat(sha256)
                    .isEqualTo(contents.getOrDefault(snapshot.manifest().version(), sha256));
            for (float count : snapshot.parameters()) {
                if (count != 0 && count != 1)
                    throw new AssertionError(snapshot.manifest().version() + ": " + count);
            }
        }
        Snapshot last = history.snapshots().get(history.snapshots().size() - 1);
        assertThat(last.parameters()).hasSize(CountingModel.samples(UNITS)).containsOnly(1);
        assertThat(new SnapshotDirectory(published()).load().parameters()).isEqualTo(last.parameters());
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(condition);
    }
}
