package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.client.ServedModel;
import dev.millrace.model.client.SnapshotClient;
import dev.millrace.model.client.kafka.KafkaSource;
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
import java.time.Instant;
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

/** From an event to a service that knows of it: topic, training, checkpoint, publication, loading, with nothing but defaults. */
@Timeout(180)
class FreshnessTest {
    /** A checkpoint comes every 10 s and the client asks every second; the rest is for what happens between. */
    private static final Duration PROMISED = Duration.ofSeconds(15);

    private static final int EVENTS = 3;
    private static final double PER_SECOND = 200;

    @Test
    void anEventHasAnEffectOnWhatIsServedWithinFifteenSecondsByDefault(@TempDir Path directory) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            for (String topic : List.of("clicks", "parts", "models")) kafka.createTopic(topic, 1, Map.of());
            Properties properties = new Properties();
            properties.put("bootstrap.servers", kafka.bootstrapServers());
            AtomicBoolean running = new AtomicBoolean(true);
            JobClient job = start(kafka, directory);
            CompletableFuture<Long> sent = CompletableFuture.supplyAsync(() -> send(properties, running));
            try (SnapshotClient client = SnapshotClient.of(new KafkaSource(properties, "models", "parts", "freshness"))
                    .start()) {
                assertThat(client.await(Duration.ofSeconds(60))).isNotNull();
                for (int i = 0; i < EVENTS; i++) {
                    Instant event = Instant.now();

                    Awaitility.await()
                            .pollInterval(Duration.ofMillis(20))
                            .atMost(Duration.ofSeconds(60))
                            .until(() -> knows(client.current(), event));

                    Duration freshness = Duration.between(event, Instant.now());
                    System.out.printf("from an event to its effect: %.1f s%n", freshness.toMillis() / 1e3);
                    assertThat(freshness).isLessThan(PROMISED);
                }
            } finally {
                running.set(false);
                assertThat(sent.get(30, TimeUnit.SECONDS)).isPositive();
                job.cancel().get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static boolean knows(ServedModel model, Instant event) {
        Instant newest = model == null ? null : model.newestEventTime();
        return newest != null && !newest.isBefore(event);
    }

    private static long send(Properties kafka, AtomicBoolean running) {
        try (SampleProducer producer = SampleProducer.open(kafka, "clicks");
                ClickStream clicks = new ClickStream(1, 0)) {
            return producer.send(
                    clicks.encoded(WireFormat.RAW, 0), PER_SECOND, Long.MAX_VALUE, running::get, count -> {});
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static JobClient start(EmbeddedKafka kafka, Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("training.yaml"), """
                model:
                  name: freshness
                  inputs: 32
                  layers:
                    - dense: {units: 1, activation: sigmoid}
                  loss: binary_crossentropy
                kafka.bootstrap.servers: %s
                source.topics: [clicks]
                checkpoint.directory: "%s"
                publish: {snapshot-topic: parts, model-topic: models}
                """.formatted(
                kafka.bootstrapServers(), directory.resolve("checkpoints").toUri()));
        TrainingConfig config = ConfigLoader.of(file).overrides(List.of()).load();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(FlinkDefaults.job(config));
        TrainingJob.define(env, config);
        return env.executeAsync("freshness");
    }
}
