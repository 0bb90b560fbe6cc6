package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.Build;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.schemas.wire.SampleEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class TrainingJobTest {
    private static final int SAMPLES = 20_000;
    private static final int GOOD_PER_BAD = 1_000;

    /** Two classes: the label says whether x0 + x1 > 0. */
    private static boolean label(float[] x) {
        return x[0] + x[1] > 0;
    }

    private static float[] features(SplittableRandom random) {
        float[] x = new float[4];
        for (int i = 0; i < x.length; i++) x[i] = (float) (2 * random.nextDouble() - 1);
        return x;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flush waits for all of them
    private static void produce(EmbeddedKafka kafka, String topic) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        SampleEncoder encoder = new SampleEncoder(WireFormat.RAW, 0);
        SplittableRandom random = new SplittableRandom(1);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < SAMPLES; i++) {
                float[] x = features(random);
                float[] y = {label(x) ? 1 : 0};
                producer.send(new ProducerRecord<>(topic, encoder.encode(null, 1 + i, 1, x, 4, y, 1)));
                if (i % GOOD_PER_BAD == 0) producer.send(new ProducerRecord<>(topic, new byte[] {1, 2, 3}));
            }
            producer.flush();
        }
    }

    private static TrainingConfig config(EmbeddedKafka kafka, Path directory) throws Exception {
        Path file = directory.resolve("training.yaml");
        Files.writeString(file, """
                model:
                  name: halves
                  inputs: 4
                  layers:
                    - dense: {units: 8, activation: tanh}
                    - dense: {units: 1, activation: sigmoid}
                  loss: binary_crossentropy
                learning-rate: 0.5
                batch.size: 32
                kafka.bootstrap.servers: %s
                source:
                  topics: [samples]
                  bounded: true
                training.workers: 2
                checkpoint:
                  interval: 200 ms
                  directory: %s
                publish:
                  directory: %s
                  snapshot-topic: parts
                  model-topic: models
                report.topic: reports
                dead-letter: {policy: dead-letter, topic: letters, max-ratio: 0.5}
                """.formatted(
                kafka.bootstrapServers(), directory.resolve("checkpoints").toUri(), directory.resolve("published")));
        return ConfigLoader.of(file).overrides(List.of()).load();
    }

    @Test
    void learnsFromATopicAndPublishesWhatItLearnt(@TempDir Path directory) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            kafka.createTopic("samples", 2, Map.of());
            for (String topic : List.of("parts", "models", "reports", "letters")) kafka.createTopic(topic, 1, Map.of());
            produce(kafka, "samples");

            TrainingJob.run(config(kafka, directory));
        }

        Snapshot snapshot = new SnapshotDirectory(directory.resolve("published")).load();
        Map<String, String> provenance = snapshot.manifest().provenance();
        assertThat(provenance).containsEntry("samples", Integer.toString(SAMPLES));
        assertThat(Long.parseLong(provenance.get("offset.samples-0"))
                        + Long.parseLong(provenance.get("offset.samples-1")))
                .isEqualTo(SAMPLES + SAMPLES / GOOD_PER_BAD);
        assertThat(provenance).containsEntry("engine.configured", "auto");
        assertThat(provenance.get("engine")).as("what the worker told").matches("(nd4j|cuda \\(.+\\)) x \\d.*");
        assertThat(provenance).containsEntry("code", "millrace " + Build.version());
        assertThat(provenance)
                .containsKeys("configuration", "steps", "loss", "parentVersion", "library.flink", "library.nd4j");
        assertThat(provenance.values()).noneMatch(value -> value.contains("${")); // what the build left unfilled
        assertThat(accuracy(snapshot)).isGreaterThan(0.97);
    }

    private static double accuracy(Snapshot snapshot) {
        SplittableRandom random = new SplittableRandom(2);
        SampleBatch batch = new SampleBatch(4, 1, 1000);
        for (int i = 0; i < 1000; i++) {
            float[] x = features(random);
            batch.append(x, new float[] {label(x) ? 1 : 0}, 1);
        }
        float[] predictions = new float[1000];
        try (GradientEngine engine =
                Engines.factory("nd4j").create(snapshot.manifest().modelSpec())) {
            engine.upload(0, snapshot.parameters(), snapshot.parameters().length);
            engine.predict(batch, 256, predictions);
        }
        int correct = 0;
        for (int i = 0; i < 1000; i++) {
            if (predictions[i] > 0.5 == batch.labels()[i] > 0) correct++;
        }
        return correct / 1000.0;
    }
}
