package dev.millrace.pipeline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.PublishedHistory;
import dev.millrace.pipeline.publish.SnapshotTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class ClusterIT {
    private static final int RESTARTS = 20;
    private static final int WARM = 5;

    @TempDir
    Path directory;

    private EmbeddedKafka kafka;
    private SampleFeed feed;
    private FlinkCluster cluster;
    private FlinkRest rest;
    private Process taskManager;

    @BeforeEach
    void startTheCluster() throws Exception {
        cluster = new FlinkCluster(FlinkHome.packaged().classPath(), directory);
        taskManager = cluster.startTaskManager(2);
        rest = cluster.rest();
        kafka = EmbeddedKafka.startTemporary();
        kafka.createTopic("samples", 2, Map.of());
        for (String topic : List.of("parts", "models", "letters")) kafka.createTopic(topic, 1, Map.of());
        feed = new SampleFeed(kafka.bootstrapServers(), "samples");
        Files.writeString(configuration(), """
                model:
                  name: halves
                  inputs: 4
                  layers:
                    - dense: {units: 8, activation: tanh}
                    - dense: {units: 1, activation: sigmoid}
                  loss: binary_crossentropy
                learning-rate: 0.5
                batch: {size: 32, max-age: 100 ms}
                kafka.bootstrap.servers: %s
                source.topics: [samples]
                training.workers: 2
                checkpoint: {interval: 200 ms, directory: "%s"}
                publish: {directory: "%s", snapshot-topic: parts, model-topic: models}
                dead-letter: {policy: dead-letter, topic: letters}
                """.formatted(
                kafka.bootstrapServers(), directory.resolve("checkpoints").toUri(), published()));
        await(() -> rest.slots() == 2);
    }

    @AfterEach
    void stopTheCluster() throws Exception {
        cluster.stop();
        feed.stop();
        kafka.close();
    }

    /** A class loader that is kept, a thread or a native buffer that stays would show after so many lives. */
    @Test
    void oneTaskManagerTrainsTwentyLivesOfAJobInBoundedMemory() throws Exception {
        run();
        awaitProgress();
        List<Footprint> footprints = new ArrayList<>();
        for (int i = 1; i <= RESTARTS; i++) {
            String saved = i % 2 == 0 ? cancel() : stop(directory.resolve("savepoints-" + i));
            if (i == WARM) footprints.add(Footprint.of(taskManager));
            resume(saved);
            awaitProgress();
        }
        stop(directory.resolve("last"));
        Footprint early = footprints.get(0);
        Footprint late = Footprint.of(taskManager);
        System.out.println(
                "TaskManager after " + WARM + " lives: " + early + "; after " + (RESTARTS + 1) + ": " + late);

        // What the JVM itself keeps of a loader for a while: the last life's and the one that loaded the natives.
        assertThat(late.jobClassLoaders()).isLessThanOrEqualTo(3);
        assertThat(late.threads()).isLessThan(early.threads() + 10);
        assertThat(late.classKiB()).isLessThan(early.classKiB() + 24 * 1024); // one life's classes
        assertThat(late.directKiB()).isLessThan(early.directKiB() + 8 * 1024);
        assertThat(late.heapKiB()).isLessThan(early.heapKiB() + 16 * 1024);
        assertThat(late.residentKiB()).isLessThan(early.residentKiB() + 128 * 1024);
        history().assertVersionsRise();
    }

    @Test
    void aKilledTaskManagerIsReplacedAndVersionsRise() throws Exception {
        run();
        awaitProgress();
        String job = rest.job().orElseThrow();

        taskManager.destroyForcibly().waitFor(); // SIGKILL
        taskManager = cluster.startTaskManager(2);
        await(() -> rest.restored(job) > 0 && rest.status(job).equals("RUNNING"));
        awaitProgress();

        assertThat(rest.job()).contains(job);
        stop(directory.resolve("last")); // a job that goes on publishes between the reading of one topic and the other
        history().assertVersionsRise();
    }

    private PublishedHistory history() {
        return PublishedHistory.of(kafka, new SnapshotTopics("parts", "models"), "halves");
    }

    private Path configuration() {
        return directory.resolve("training.yaml");
    }

    private Path published() {
        return directory.resolve("published");
    }

    private void run() throws Exception {
        cluster.flink("run", "--detached", jar(), "--config", configuration().toString());
    }

    private void resume(String saved) throws Exception {
        cluster.flink(
                "run",
                "--detached",
                "--fromSavepoint",
                saved,
                jar(),
                "--config",
                configuration().toString());
    }

    private static String jar() {
        return FlinkHome.packaged().jobJar().toString();
    }

    private String stop(Path savepoints) throws Exception {
        cluster.flink(
                "stop",
                "--savepointPath",
                savepoints.toUri().toString(),
                rest.job().orElseThrow());
        await(() -> rest.job().isEmpty());
        try (Stream<Path> found = Files.list(savepoints)) {
            return found.findFirst().orElseThrow().toUri().toString();
        }
    }

    /** Cancels the job; its last checkpoint stays. */
    private String cancel() throws Exception {
        String job = rest.job().orElseThrow();
        cluster.flink("cancel", job);
        await(() -> rest.job().isEmpty());
        try (Stream<Path> found = Files.list(directory.resolve("checkpoints").resolve(job))) {
            return found.filter(checkpoint -> Files.exists(checkpoint.resolve("_metadata")))
                    .max(Comparator.comparingInt(ClusterIT::numberOf))
                    .orElseThrow()
                    .toUri()
                    .toString();
        }
    }

    /** 17 for .../chk-17. */
    private static int numberOf(Path checkpoint) {
        return Integer.parseInt(checkpoint.getFileName().toString().substring("chk-".length()));
    }

    /**
     * Waits for a checkpoint from now on, hence until all tasks run, and then for a version with more samples; what a
     * restored sink commits first was trained by the life before.
     */
    private void awaitProgress() throws Exception {
        String job = rest.job().orElseThrow();
        int checkpoints = rest.completedCheckpoints(job);
        await(() -> rest.completedCheckpoints(job) > checkpoints);
        long samples = publishedSamples();
        long version = publishedVersion();
        await(() -> publishedVersion() > version && publishedSamples() > samples);
    }

    private long publishedVersion() {
        return current().map(SnapshotManifest::version).orElse(-1L);
    }

    private long publishedSamples() {
        return current()
                .map(manifest -> Long.parseLong(manifest.provenance().getOrDefault("samples", "0")))
                .orElse(0L);
    }

    private Optional<SnapshotManifest> current() {
        try {
            return Optional.of(
                    SnapshotManifest.fromJson(Files.readString(published().resolve(SnapshotDirectory.CURRENT))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }
}
