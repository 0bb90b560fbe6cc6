package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.client.ServedModel;
import dev.millrace.model.client.SnapshotClient;
import dev.millrace.model.client.SnapshotListener;
import dev.millrace.model.client.kafka.LiveSource;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.FlinkDefaults;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.produce.ClickStream;
import dev.millrace.pipeline.produce.SampleProducer;
import dev.millrace.schemas.wire.WireFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job fails, and what it sent since its last checkpoint is taken back: live parameters go back with it. */
@Timeout(180)
class LiveAcrossFailureTest {

    private record Seen(String incarnation, long version) {}

    /** What a client served, in order. */
    private static final class Served implements SnapshotListener {
        private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void loaded(ServedModel model) {
            Map<String, String> provenance = model.manifest().provenance();
            seen.add(new Seen(String.valueOf(provenance.get(SnapshotManifest.INCARNATION)), model.version()));
        }

        private List<Seen> all() {
            synchronized (seen) {
                return List.copyOf(seen);
            }
        }

        private List<String> lives() {
            return all().stream().map(Seen::incarnation).distinct().toList();
        }

        private long last(String life) {
            return all().stream()
                    .filter(each -> each.incarnation.equals(life))
                    .reduce((before, next) -> next)
                    .orElseThrow()
                    .version;
        }

        private long first(String life) {
            return all().stream()
                    .filter(each -> each.incarnation.equals(life))
                    .findFirst()
                    .orElseThrow()
                    .version;
        }
    }

    @Test
    void theClientFollowsTheNewLifeThoughItsVersionsAreLower(@TempDir Path directory) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            kafka.createTopic("clicks", 1, Map.of());
            kafka.createTopic("live", 1, Map.of("cleanup.policy", "compact"));
            Properties properties = new Properties();
            properties.put("bootstrap.servers", kafka.bootstrapServers());
            // The second checkpoint is far off when the first has completed and the engine fails some steps later.
            FailingOnceEngine.Factory failing = new FailingOnceEngine.Factory(
                    2_000, directory.resolve("checkpoints").toString());
            AtomicBoolean running = new AtomicBoolean(true);
            JobClient job = start(kafka, directory, failing);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(properties, running));
            Served served = new Served();
            try (SnapshotClient client = SnapshotClient.of(new LiveSource(properties, "live", "restored"))
                    .following("live")
                    .pollingEvery(Duration.ofMillis(10))
                    .telling(served)
                    .start()) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(90))
                        .until(() -> served.lives().size() == 2);
                long restored = served.first(served.lives().get(1));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> served.last(served.lives().get(1)) > restored + 100);

                String before = served.lives().get(0);
                System.out.printf("live version %d before the failure, %d after it%n", served.last(before), restored);
                assertThat(failing.hasFailed()).isTrue();
                assertThat(restored).isLessThan(served.last(before));
                assertThat(client.current()).isNotNull();
            } finally {
                running.set(false);
                sent.get(30, TimeUnit.SECONDS);
                job.cancel().get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static void send(Properties kafka, AtomicBoolean running) {
        try (SampleProducer producer = SampleProducer.open(kafka, "clicks");
                ClickStream clicks = new ClickStream(1, 0)) {
            long unused =
                    producer.send(clicks.encoded(WireFormat.RAW, 0), 500, Long.MAX_VALUE, running::get, count -> {});
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static JobClient start(EmbeddedKafka kafka, Path directory, FailingOnceEngine.Factory failing)
            throws Exception {
        Path file = Files.writeString(directory.resolve("training.yaml"), """
                model:
                  name: restored
                  inputs: 32
                  layers: [{dense: {units: 1, activation: sigmoid}}]
                  loss: binary_crossentropy
                batch: {policy: fixed, size: 1}
                kafka.bootstrap.servers: %s
                source.topics: [clicks]
                checkpoint: {interval: 3 s, directory: "%s"}
                publish.live: {topic: live, interval: 50 ms}
                """.formatted(
                kafka.bootstrapServers(), directory.resolve("checkpoints").toUri()));
        TrainingConfig config = ConfigLoader.of(file).overrides(List.of()).load();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(FlinkDefaults.job(config));
        TrainingJob.define(env, config, failing);
        return env.executeAsync("live across a failure");
    }
}
