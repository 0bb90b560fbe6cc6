package dev.millrace.pipeline.experiment;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.FlinkDefaults;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.produce.SampleProducer;
import dev.millrace.pipeline.produce.SampleStream;
import dev.millrace.pipeline.publish.ReportCodec;
import dev.millrace.pipeline.server.StepReport;
import dev.millrace.schemas.wire.WireFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Whole jobs, from an embedded broker's topics to reports, one after the other in this process; one worker each. */
final class Runs implements AutoCloseable {
    private static final int RECORDED_BYTES_PER_SECOND = 4 << 20;
    private static final int DEADLINE_SECONDS = 120; // beyond the time that the arrivals take

    private final EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
    private final ReportCodec codec = new ReportCodec();
    private int jobs;

    /** @param arrivals when each sample was sent, nanoseconds; of length 0 if all were there before */
    record Run(Recording recording, List<StepReport> reports, long[] arrivals) {}

    /** Creates a topic with all samples of a stream. */
    void fill(String topic, SampleStream samples) throws Exception {
        kafka.createTopic(topic, 1, Map.of());
        send(topic, samples, 0, Long.MAX_VALUE, new long[0]);
    }

    private void send(String topic, SampleStream samples, double perSecond, long limit, long[] arrivals)
            throws Exception {
        Properties properties = bootstrap();
        properties.put("linger.ms", "5");
        properties.put("batch.size", "1000000");
        properties.put("buffer.memory", "134217728");
        try (SampleProducer producer = SampleProducer.open(properties, topic)) {
            producer.send(samples.encoded(WireFormat.RAW, 0), perSecond, limit, () -> true, sent -> {
                if (arrivals.length > 0) arrivals[(int) sent - 1] = System.nanoTime();
            });
        }
    }

    /** Works off a topic from its first record to its last. */
    Run catchUp(ModelSpec spec, String topic, Setting setting, long seed) throws Exception {
        Recording recording = record(spec);
        RecordingEngine.Factory engines = RecordingEngine.into("run " + ++jobs, recording);
        TrainingConfig config = config(spec, topic, setting, seed, true);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(FlinkDefaults.job(config));
        TrainingJob.define(env, config, engines);
        env.execute();
        return ended(engines, recording, new long[0]);
    }

    /** Learns from samples while they arrive, until the last of them was learnt from, or long after it should. */
    Run live(ModelSpec spec, SampleStream samples, int count, double perSecond, Setting setting, long seed)
            throws Exception {
        String topic = "live-" + ++jobs;
        kafka.createTopic(topic, 1, Map.of());
        Recording recording = record(spec);
        RecordingEngine.Factory engines = RecordingEngine.into("run " + jobs, recording);
        TrainingConfig config = config(spec, topic, setting, seed, false);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(FlinkDefaults.job(config));
        TrainingJob.define(env, config, engines);
        JobClient job = env.executeAsync();
        long[] arrivals = new long[count];
        while (recording.moments().isEmpty()) TimeUnit.MILLISECONDS.sleep(10); // parameters are in service
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            try {
                send(topic, samples, perSecond, count, arrivals);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        sending.get();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (recording.samples() < count && System.nanoTime() < deadline) TimeUnit.MILLISECONDS.sleep(10);
        job.cancel().get();
        delete(topic);
        return ended(engines, recording, arrivals);
    }

    private Recording record(ModelSpec spec) {
        long bytes = 4L * spec.layout().size();
        return new Recording(Math.max(5_000_000, bytes * 1_000_000_000 / RECORDED_BYTES_PER_SECOND));
    }

    private Run ended(RecordingEngine.Factory engines, Recording recording, long[] arrivals) {
        RecordingEngine.forget(engines);
        List<StepReport> reports = reports("reports-" + jobs);
        delete("reports-" + jobs);
        return new Run(recording, reports, arrivals);
    }

    private TrainingConfig config(ModelSpec spec, String topic, Setting setting, long seed, boolean bounded)
            throws Exception {
        Path directory = Files.createTempDirectory("millrace-experiment-");
        String reports = "reports-" + jobs;
        kafka.createTopic(reports, 1, Map.of());
        return ConfigLoader.withoutFile()
                .overrides(setting.options())
                .override("source.bounded", bounded)
                .override("training.seed", seed)
                .override("report.interval", "50 ms")
                .override("model", spec.toTree())
                .override("kafka.bootstrap.servers", kafka.bootstrapServers())
                .override("source.topics", List.of(topic))
                .override("report.topic", reports)
                .override("checkpoint.directory", directory.toUri().toString())
                .load();
    }

    private List<StepReport> reports(String topic) {
        List<StepReport> reports = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(bootstrap(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    reports.add(codec.decode(record.value()));
                }
            }
        }
        return reports;
    }

    /** Deletes a topic that nobody reads any more. */
    void delete(String topic) {
        try (Admin admin = Admin.create(bootstrap())) {
            admin.deleteTopics(List.of(topic)).all().get();
        } catch (Exception e) {
            throw new IllegalStateException("Topic " + topic + " was not deleted", e);
        }
    }

    private Properties bootstrap() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        return properties;
    }

    @Override
    public void close() {
        kafka.close();
    }
}
