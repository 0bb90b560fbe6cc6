package dev.millrace.pipeline.counting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.control.Action;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.control.CommandCodec;
import dev.millrace.pipeline.control.ControlSource;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.ReportCodec;
import dev.millrace.pipeline.publish.ReportSink;
import dev.millrace.pipeline.server.StepReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job that is told to pause, and fails, and is stopped and begun again meanwhile. */
@Timeout(240)
class PausedJobTest {
    private static final int WORKERS = 2;

    @ParameterizedTest
    @ValueSource(ints = {0, 2, Integer.MAX_VALUE})
    void noStepClosesWhileItIsPausedAndEachSampleCountsOnceInTheEnd(int staleness, @TempDir Path directory)
            throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
                CountingCluster cluster = new CountingCluster(2, 1)) {
            kafka.createTopic("commands", 1, Map.of());
            kafka.createTopic("reports", 1, Map.of());
            KafkaConfig brokers = KafkaConfig.at(kafka.bootstrapServers());
            CountingJob job = new CountingJob.Builder()
                    .staleness(staleness)
                    .nanosPerBatch(10_000_000)
                    .commands(env -> ControlSource.of(env, brokers, "commands", "counting", Duration.ofSeconds(30)))
                    .reports(ReportSink.of(brokers.sink(), "reports"))
                    .build();
            Configuration configuration = CountingCluster.jobConfiguration(100, false);
            try (Dialogue dialogue = new Dialogue(brokers)) {
                JobID first = cluster.submit(job.graph(configuration, WORKERS));
                dialogue.untilHeard();
                StepReport paused = dialogue.say("pause", Action.PAUSE);
                cluster.awaitCheckpoints(first, 2);
                StepReport afterCheckpoints = dialogue.say("still", Action.PAUSE);

                cluster.replaceTaskManager();
                cluster.awaitRestored(first, 1);
                cluster.awaitCheckpoints(first, 1);
                StepReport afterFailure = dialogue.say("after failure", Action.PAUSE);

                String savepoint =
                        cluster.stopWithSavepoint(first, directory.toUri().toString());
                JobID second = cluster.submit(job.graph(configuration, WORKERS), savepoint);
                cluster.awaitCheckpoints(second, 1);
                StepReport afterSavepoint = dialogue.say("after savepoint", Action.PAUSE);

                StepReport resumed = dialogue.say("resume", Action.RESUME);
                dialogue.await(report -> report.totalSamples() == job.samples);
                cluster.awaitCheckpoints(second, 1);

                assertThat(paused.totalSamples()).isLessThan(job.samples / 2);
                for (StepReport later : List.of(afterCheckpoints, afterFailure, afterSavepoint, resumed)) {
                    assertThat(later.steps()).isEqualTo(paused.steps());
                    assertThat(later.totalSamples()).isEqualTo(paused.totalSamples());
                }
                assertThat(afterFailure.incarnation()).isNotEqualTo(paused.incarnation());
                assertThat(afterSavepoint.incarnation()).isNotEqualTo(afterFailure.incarnation());
            }
            assertThat(job.snapshots.last()).hasSize(job.samples).containsOnly(1);
        }
    }

    /** Says commands and hears reports. */
    private static final class Dialogue implements AutoCloseable {
        private static final Duration LIMIT = Duration.ofSeconds(60);

        private final KafkaProducer<byte[], byte[]> producer;
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final Deque<StepReport> heard = new ArrayDeque<>();
        private final ReportCodec codec = new ReportCodec();

        Dialogue(KafkaConfig kafka) {
            producer = new KafkaProducer<>(kafka.sink(), new ByteArraySerializer(), new ByteArraySerializer());
            consumer = new KafkaConsumer<>(kafka.source(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
            consumer.assign(List.of(new TopicPartition("reports", 0)));
            consumer.seekToBeginning(consumer.assignment());
        }

        @SuppressWarnings("FutureReturnValueIgnored") // the answer tells
        private void send(String id, Action action) {
            producer.send(
                    new ProducerRecord<>("commands", new CommandCodec().encode(Command.of(id, "counting", action))));
        }

        /** A job that begins reads from the end of the topic: the same command again until it has begun. */
        void untilHeard() {
            long end = System.nanoTime() + LIMIT.toNanos();
            while (System.nanoTime() < end) {
                send("first", Action.RESUME);
                if (next(Duration.ofSeconds(1), report -> !report.commands().isEmpty()) != null) return;
            }
            throw new AssertionError("no command was heard");
        }

        /** The report that acknowledges the command. */
        StepReport say(String id, Action action) {
            send(id, action);
            return await(report ->
                    report.commands().stream().anyMatch(outcome -> outcome.id().equals(id) && outcome.accepted()));
        }

        StepReport await(Predicate<StepReport> wanted) {
            StepReport report = next(LIMIT, wanted);
            if (report == null) throw new AssertionError("no such report within " + LIMIT);
            return report;
        }

        private @Nullable StepReport next(Duration limit, Predicate<StepReport> wanted) {
            long end = System.nanoTime() + limit.toNanos();
            while (System.nanoTime() < end) {
                while (!heard.isEmpty()) {
                    StepReport report = heard.remove();
                    if (wanted.test(report)) return report;
                }
                consumer.poll(Duration.ofMillis(200)).forEach(record -> heard.add(codec.decode(record.value())));
            }
            return null;
        }

        @Override
        public void close() {
            producer.close();
            consumer.close();
        }
    }
}
