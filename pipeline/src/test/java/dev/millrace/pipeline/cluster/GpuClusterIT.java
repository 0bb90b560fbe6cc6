package dev.millrace.pipeline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.local.EmbeddedKafka;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.apache.flink.externalresource.gpu.GPUDriverFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * TaskManagers that Flink's driver for GPUs gives devices, by a script that says which. Whether there is something behind
 * them is another matter: without CUDA a worker must say so, and with CUDA's libraries as a CPU stands in for them the job trains on
 * "devices".
 */
@Timeout(600)
class GpuClusterIT {
    /** What stands in for a device has its number in its name. */
    private static final String BOTH_DEVICES = "cuda \\(.+ 0\\) x 1; cuda \\(.+ 1\\) x 1";

    @TempDir
    Path directory;

    private EmbeddedKafka kafka;
    private SampleFeed feed;
    private FlinkCluster cluster;
    private FlinkRest rest;
    private final List<Process> taskManagers = new ArrayList<>();

    @BeforeEach
    void startTheCluster() throws Exception {
        Path script = directory.resolve("devices.sh");
        Files.writeString(script, "#!/bin/sh\necho \"$2\"\n"); // it is called with the amount and the arguments
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Path plugin = Files.createDirectories(directory.resolve("plugins/gpu"));
        Path driver = Path.of(URI.create(GPUDriverFactory.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        Files.copy(driver, plugin.resolve(driver.getFileName()));
        cluster = new FlinkCluster(
                FlinkHome.packaged().classPath(), directory, """
                external-resources: gpu
                external-resource.gpu.driver-factory.class: %s
                external-resource.gpu.param.discovery-script.path: %s
                metrics.fetcher.update-interval: 200
                """.formatted(GPUDriverFactory.class.getName(), script));
        rest = cluster.rest();
        kafka = EmbeddedKafka.startTemporary();
        kafka.createTopic("samples", 2, Map.of());
        feed = new SampleFeed(kafka.bootstrapServers(), "samples");
    }

    @AfterEach
    void stopTheCluster() throws Exception {
        cluster.stop();
        feed.stop();
        kafka.close();
    }

    /**
     * Starts a TaskManager whose script finds these devices.
     *
     * @param environment of its process
     */
    private void startTaskManager(int slots, String devices, Map<String, String> environment) throws Exception {
        int before = rest.slots();
        Map<String, String> whole = new HashMap<>(environment);
        whole.put("FLINK_PLUGINS_DIR", directory.resolve("plugins").toString());
        taskManagers.add(cluster.startTaskManager(
                whole,
                "-Dtaskmanager.numberOfTaskSlots=" + slots,
                "-Dexternal-resource.gpu.amount=" + devices.split(",", -1).length,
                "-Dexternal-resource.gpu.param.discovery-script.args=" + devices));
        await(() -> rest.slots() == before + slots);
    }

    private void stopTaskManagers() throws Exception {
        for (Process each : taskManagers) each.destroyForcibly().waitFor();
        taskManagers.clear();
        await(() -> rest.slots() == 0);
    }

    /** Submits a job with two workers that publishes to a directory of its own. */
    private void run(String name, String engine) throws Exception {
        Path file = directory.resolve(name + ".yaml");
        Files.writeString(file, """
                model:
                  name: %s
                  inputs: 4
                  layers:
                    - dense: {units: 8, activation: tanh}
                    - dense: {units: 1, activation: sigmoid}
                  loss: binary_crossentropy
                learning-rate: 0.5
                batch: {size: 32, max-age: 100 ms}
                kafka.bootstrap.servers: %s
                source.topics: [samples]
                training: {workers: 2, engine: %s}
                checkpoint: {interval: 200 ms, directory: "%s"}
                publish: {directory: "%s"}
                flink.restart-strategy.type: none
                """.formatted(
                        name,
                        kafka.bootstrapServers(),
                        engine,
                        directory.resolve("checkpoints").toUri(),
                        published(name)));
        cluster.flink("run", "--detached", FlinkHome.packaged().jobJar().toString(), "--config", file.toString());
    }

    private Path published(String name) {
        return directory.resolve("published-" + name);
    }

    /** What the newest published version says it was computed with; empty before the first. */
    private String engine(String name) {
        try {
            String manifest = Files.readString(published(name).resolve(SnapshotDirectory.CURRENT));
            return SnapshotManifest.fromJson(manifest).provenance().getOrDefault("engine", "");
        } catch (IOException e) {
            return "";
        }
    }

    private void cancel() throws Exception {
        cluster.flink("cancel", rest.job().orElseThrow());
        await(() -> rest.job().isEmpty());
    }

    /** Which devices the TaskManagers said their workers have, oldest first. */
    private List<String> devicesGiven() throws IOException {
        return Pattern.compile("Worker \\d of 2 has device (\\d)")
                .matcher(Files.readString(directory.resolve("taskmanager.log")))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void withoutCudaAutoComputesOnTheCpuAndSaysWhyAndCudaFailsAtOnce() throws Exception {
        startTaskManager(2, "0,1", Map.of("CUDA_VISIBLE_DEVICES", "")); // though there may be some
        run("careful", "auto");
        await(() -> engine("careful").startsWith("nd4j x 2: "));
        String job = rest.job().orElseThrow();

        String reason = engine("careful").substring("nd4j x 2: ".length());
        assertThat(reason).as("whatever it is").hasSizeGreaterThan(20);
        await(() -> rest.workerMetric(job, 1, "engineFallback").equals("1"));
        assertThat(rest.workerMetric(job, 0, "engine")).isEqualTo("nd4j");
        await(() -> rest.workerMetric(job, 0, "engineFallbackReason").equals(reason));
        cancel();

        run("strict", "cuda");
        String strict = rest.newestJob().orElseThrow();
        assertThat(strict).isNotEqualTo(job);
        await(() -> rest.status(strict).equals("FAILED"));
        assertThat(rest.failure(strict))
                .contains("training.engine is cuda, but worker")
                .contains(reason.split(":", 2)[0]) // what the linker said is said once per process
                .contains("belong on every TaskManager (deploy/GPU.md)");
    }

    @Test
    void workersOfATaskManagerHaveADeviceEachAndThoseWithoutSaySo() throws Exception {
        Map<String, String> cuda = EmulatedLibraries.environment();

        startTaskManager(2, "1", cuda);
        run("one", "auto");
        await(() -> engine("one").contains("cuda") && engine("one").contains("nd4j"));
        assertThat(engine("one"))
                .startsWith("cuda (")
                .containsPattern("\\) x 1; nd4j x 1: other workers hold every device of this TaskManager: \\[1\\]");
        assertThat(devicesGiven()).containsExactly("1");
        cancel();

        stopTaskManagers();
        startTaskManager(2, "0,1", cuda);
        run("both", "cuda");
        await(() -> engine("both").matches(BOTH_DEVICES));
        assertThat(devicesGiven()).hasSize(3).startsWith("1");
        assertThat(devicesGiven().subList(1, 3)).containsExactlyInAnyOrder("0", "1");
        String job = rest.job().orElseThrow();
        await(() -> rest.workerMetric(job, 0, "engine").startsWith("cuda ("));
        assertThat(Long.parseLong(rest.workerMetric(job, 0, "deviceBytes"))).isPositive();
        cancel();

        run("again", "cuda"); // another job with classes of its own finds both devices free
        await(() -> engine("again").matches(BOTH_DEVICES));
        assertThat(devicesGiven().subList(3, 5)).containsExactlyInAnyOrder("0", "1");
    }

    @Test
    void taskManagersHaveTheDevicesThatTheirScriptsFound() throws Exception {
        Map<String, String> cuda = EmulatedLibraries.environment();

        startTaskManager(1, "0", cuda);
        startTaskManager(1, "1", cuda);
        run("apart", "cuda");
        await(() -> engine("apart").matches(BOTH_DEVICES));

        assertThat(devicesGiven()).containsExactlyInAnyOrder("0", "1");
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
    }
}
