package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.cli.Millrace;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.FlinkDefaults;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.control.Action;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.control.CommandCodec;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.PublishedVersion;
import dev.millrace.pipeline.publish.ReportCodec;
import dev.millrace.pipeline.server.StepReport;
import dev.millrace.schemas.wire.SampleEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Commands to the running job, by the command line, and what the report topic says of them. */
@Timeout(240)
class ControlTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** What a run of the command line gave. */
    private record Said(int exitCode, String out) {}

    private final SplittableRandom random = new SplittableRandom(1);
    private final SampleEncoder encoder = new SampleEncoder(WireFormat.RAW, 0);
    private long produced;

    @Test
    void commandsAreCarriedOutAndAcknowledgedOnTheReportTopic(@TempDir Path directory) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            for (String topic : List.of("samples", "parts", "models", "reports", "commands")) {
                kafka.createTopic(topic, 1, Map.of());
            }
            Path file = configuration(kafka, directory);
            TrainingConfig config = ConfigLoader.of(file).overrides(List.of()).load();
            assertThat(control(file, "pause", "--timeout", "1"))
                    .as("while no job runs; it must not be carried out later either")
                    .isEqualTo(new Said(
                            1,
                            "halves: no answer within 1 s. The command stays on topic commands; is the job running?"));
            StreamExecutionEnvironment env =
                    StreamExecutionEnvironment.getExecutionEnvironment(FlinkDefaults.job(config));
            TrainingJob.define(env, config);
            JobClient job = env.executeAsync("control");
            try (Topic reports = new Topic(kafka, "reports");
                    Topic models = new Topic(kafka, "models");
                    Sender sender = new Sender(kafka)) {
                untilHeard(sender, reports);
                carriedOut(file, sender, reports);
                refused(file, sender, reports);
                published(file, sender, models);
            } finally {
                job.cancel().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    /** A job that begins reads from the end of the control topic: the same command again until it has begun. */
    private void untilHeard(Sender sender, Topic reports) {
        Command release = Command.of("first", "halves", Action.RELEASE_BATCH_SIZE);
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            sender.send("commands", new CommandCodec().encode(release));
            if (reports.next(Duration.ofSeconds(1), r -> !r.commands().isEmpty())) return;
        }
        throw new AssertionError("no command was acknowledged");
    }

    private void carriedOut(Path file, Sender sender, Topic reports) {
        assertThat(control(file, "pin", "48")).isEqualTo(new Said(0, "halves: batch size pinned to 48"));
        produce(sender, 1000);
        reports.await(report -> report.batchSize() == 48 && report.samples() > 0);

        assertThat(control(file, "policy", "schedule").out())
                .isEqualTo("halves: policy of the batch size: schedule, once the pinned size is released");
        assertThat(control(file, "release")).isEqualTo(new Said(0, "halves: batch size released to policy schedule"));
        assertThat(control(file, "bounds", "3", "7")).isEqualTo(new Said(0, "halves: batch size bound to 3..7"));
        produce(sender, 2000);
        reports.await(report -> report.batchSize() <= 7 && report.samples() > 0);

        assertThat(control(file, "pin", "8").out())
                .isEqualTo(
                        "halves: refused to pin the batch size: size must be in 1..7 (set by a command). Received: 8");
        assertThat(control(file, "bounds", "configured"))
                .isEqualTo(new Said(0, "halves: batch size bound to 1..4096, as configured"));

        assertThat(control(file, "learning-rate", "0.125"))
                .isEqualTo(new Said(0, "halves: learning rate set to 0.125"));
        produce(sender, 1000);
        reports.await(report -> report.learningRate() == 0.125);
        assertThat(control(file, "policy", "fixed").exitCode()).isZero();
        assertThat(control(file, "learning-rate", "schedule").exitCode()).isZero();
        produce(sender, 1000);
        reports.await(report -> report.learningRate() == 0.25 && report.batchSize() == 16);
    }

    private void refused(Path file, Sender sender, Topic reports) {
        assertThat(control(file, "policy", "fastest"))
                .isEqualTo(new Said(
                        1,
                        "halves: refused to set the policy of the batch size: policy must be one of fixed, schedule,"
                                + " loss-plateau, norm-test, cabs, noise-scale, goodput, progress, annealed, auto."
                                + " Received: fastest"));
        assertThat(control(file, "pin", "5000").out())
                .isEqualTo(
                        "halves: refused to pin the batch size: size must be in 1..4096 (batch.max). Received: 5000");
        sender.send("commands", new byte[] {1, 2, 3});
        reports.await(report ->
                report.commands().stream().anyMatch(outcome -> outcome.id().isEmpty() && !outcome.accepted()));
    }

    /** publish.interval is an hour: after the first version none comes by itself. */
    private void published(Path file, Sender sender, Topic models) {
        long first = models.version();
        produce(sender, 1000);
        assertThat(control(file, "publish")).isEqualTo(new Said(0, "halves: the next checkpoint publishes"));
        assertThat(models.version()).isGreaterThan(first);
    }

    private static Said control(Path file, String... words) {
        StringWriter out = new StringWriter();
        CommandLine line = Millrace.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(out, true));
        String[] all = new String[words.length + 3];
        all[0] = "control";
        System.arraycopy(words, 0, all, 1, words.length);
        all[words.length + 1] = "--config";
        all[words.length + 2] = file.toString();
        return new Said(line.execute(all), out.toString().trim());
    }

    private void produce(Sender sender, int samples) {
        float[] x = new float[4];
        for (int i = 0; i < samples; i++) {
            for (int k = 0; k < x.length; k++) x[k] = (float) random.nextDouble(-1, 1);
            sender.send("samples", encoder.encode(null, ++produced, 1, x, 4, new float[] {x[0] > 0 ? 1 : 0}, 1));
        }
        sender.flush();
    }

    private static Path configuration(EmbeddedKafka kafka, Path directory) throws Exception {
        return Files.writeString(directory.resolve("training.yaml"), """
                model:
                  name: halves
                  inputs: 4
                  layers:
                    - dense: {units: 1, activation: sigmoid}
                  loss: binary_crossentropy
                learning-rate: 0.25
                batch: {size: 16, max-age: 200 ms}
                kafka.bootstrap.servers: %s
                source.topics: [samples]
                checkpoint: {interval: 200 ms, directory: "%s"}
                publish: {snapshot-topic: parts, model-topic: models, interval: 1 h}
                report: {topic: reports, interval: 50 ms}
                control.topic: commands
                """.formatted(
                kafka.bootstrapServers(), directory.resolve("checkpoints").toUri()));
    }

    private static final class Sender implements AutoCloseable {
        private final KafkaProducer<byte[], byte[]> producer;

        Sender(EmbeddedKafka kafka) {
            Properties properties = new Properties();
            properties.put("bootstrap.servers", kafka.bootstrapServers());
            producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @SuppressWarnings("FutureReturnValueIgnored") // flush waits for all of them
        void send(String topic, byte[] value) {
            producer.send(new ProducerRecord<>(topic, value));
        }

        void flush() {
            producer.flush();
        }

        @Override
        public void close() {
            producer.close();
        }
    }

    /** Records of a topic, one after the other, each waited for. */
    private static final class Topic implements AutoCloseable {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final Deque<byte[]> read = new ArrayDeque<>();
        private final ReportCodec codec = new ReportCodec();

        Topic(EmbeddedKafka kafka, String name) {
            Properties properties = new Properties();
            properties.put("bootstrap.servers", kafka.bootstrapServers());
            properties.put("isolation.level", "read_committed");
            consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            consumer.assign(List.of(new TopicPartition(name, 0)));
            consumer.seekToBeginning(consumer.assignment());
        }

        private boolean fill(long endNanos) {
            while (read.isEmpty() && System.nanoTime() < endNanos) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()));
            }
            return !read.isEmpty();
        }

        boolean next(Duration limit, Predicate<StepReport> wanted) {
            long end = System.nanoTime() + limit.toNanos();
            while (fill(end)) {
                if (wanted.test(codec.decode(read.remove()))) return true;
            }
            return false;
        }

        void await(Predicate<StepReport> wanted) {
            if (!next(LIMIT, wanted)) throw new AssertionError("no such report within " + LIMIT);
        }

        /** Of the next manifest. */
        long version() {
            if (!fill(System.nanoTime() + LIMIT.toNanos())) throw new AssertionError("nothing published");
            return PublishedVersion.of(read.remove());
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
