package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.dataset.Example;
import dev.millrace.pipeline.dataset.Examples;
import dev.millrace.pipeline.dataset.MappedExamples;
import dev.millrace.pipeline.dataset.RecordFile;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.ReportCodec;
import dev.millrace.pipeline.registry.TestRegistry;
import dev.millrace.pipeline.server.ClassReport;
import dev.millrace.pipeline.server.ScoreReport;
import dev.millrace.pipeline.server.StepReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A user's own topic: Confluent framing, a registry, and a schema that changes in the middle. */
@Timeout(180)
class MappedTopicTest {
    private static final int SAMPLES = 8_000;
    private static final Schema FIRST = schema("price", "");
    private static final Schema SECOND =
            schema("amount", "{\"name\": \"color\", \"type\": \"string\", \"default\": \"red\"},");

    private static Schema schema(String price, String added) {
        return new Schema.Parser()
                .parse("""
                {"type": "record", "name": "Bid", "namespace": "shop", "fields": [
                  %s
                  {"name": "%s", "type": "double"%s},
                  {"name": "user", "type": ["null", {"type": "record", "name": "User", "fields": [
                    {"name": "country", "type": "string"}]}]},
                  {"name": "outcome", "type": {"type": "enum", "name": "Outcome", "symbols": ["WON", "LOST"]}}]}
                """.formatted(added, price, price.equals("amount") ? ", \"aliases\": [\"price\"]" : ""));
    }

    /** Won where the price is high, or the user from DE and the price not very low. */
    private static GenericRecord bid(Schema schema, SplittableRandom random) {
        double price = 2 * random.nextDouble() - 1;
        String country = random.nextBoolean() ? "DE" : "FR";
        boolean won = price + (country.equals("DE") ? 0.5 : -0.5) > 0;
        Schema userSchema = schema.getField("user").schema().getTypes().get(1);
        GenericRecord user = new GenericData.Record(userSchema);
        user.put("country", country);
        GenericRecord bid = new GenericData.Record(schema);
        bid.put(schema.getField("price") == null ? "amount" : "price", price);
        bid.put("user", user);
        bid.put("outcome", new GenericData.EnumSymbol(schema.getField("outcome").schema(), won ? "WON" : "LOST"));
        if (schema.getField("color") != null) bid.put("color", "blue");
        return bid;
    }

    private static byte[] framed(int id, GenericRecord record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flush waits for all of them
    private static void produce(EmbeddedKafka kafka) throws IOException {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        SplittableRandom random = new SplittableRandom(1);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < SAMPLES; i++) {
                boolean first = i < SAMPLES / 2;
                byte[] value = framed(first ? 41 : 42, bid(first ? FIRST : SECOND, random));
                producer.send(new ProducerRecord<>("bids", value));
            }
            producer.send(new ProducerRecord<>(
                    "bids", ByteBuffer.allocate(9).put((byte) 0).putInt(99).array()));
            producer.flush();
        }
    }

    private static TrainingConfig config(EmbeddedKafka kafka, TestRegistry registry, Path directory)
            throws IOException {
        Files.writeString(directory.resolve("bid.avsc"), SECOND.toString());
        Path file = directory.resolve("training.yaml");
        Files.writeString(file, """
                model:
                  name: bids
                  inputs: 3
                  layers:
                    - dense: {units: 1, activation: sigmoid}
                  loss: binary_crossentropy
                features:
                  inputs:
                    - numeric: {field: amount, min: -1, max: 1}
                    - categorical: {field: user.country, vocabulary: [DE, FR], unknown: zero, missing: zero}
                  label: {field: outcome, classes: [LOST, WON]}
                learning-rate: 1
                batch.size: 32
                kafka.bootstrap.servers: %s
                source:
                  topics: [bids]
                  bounded: true
                  wire-format: confluent
                  schema: bid.avsc
                  schema-registry: {url: '%s'}
                checkpoint:
                  interval: 200 ms
                  directory: %s
                publish.directory: %s
                dead-letter: {policy: dead-letter, topic: letters}
                report: {topic: reports, samples: 1000}
                """.formatted(
                        kafka.bootstrapServers(),
                        registry.url(),
                        directory.resolve("checkpoints").toUri(),
                        directory.resolve("published")));
        return TrainingConfig.load(file, List.of());
    }

    @Test
    void aTopicOfTheUsersOwnIsLearntFromWhileItsSchemaChanges(@TempDir Path directory) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
                TestRegistry registry = new TestRegistry()) {
            registry.register(41, FIRST.toString()).register(42, SECOND.toString());
            kafka.createTopic("bids", 1, Map.of());
            kafka.createTopic("letters", 1, Map.of());
            kafka.createTopic("reports", 1, Map.of());
            produce(kafka);

            TrainingJob.run(config(kafka, registry, directory));

            assertThat(registry.requests).containsOnlyOnce("/schemas/ids/41", "/schemas/ids/42");
            expectClassesByName(lastReport(kafka));
        }

        Snapshot snapshot = new SnapshotDirectory(directory.resolve("published")).load();
        assertThat(snapshot.manifest().provenance().get("samples")).isEqualTo(Integer.toString(SAMPLES));
        FeatureMapping mapping = Objects.requireNonNull(snapshot.manifest().featureMapping());
        assertThat(mapping.spec().classes()).containsExactly("LOST", "WON");
        assertThat(accuracy(snapshot, mapping, recordsOfFile(directory))).isGreaterThan(0.95);
    }

    private static StepReport lastReport(EmbeddedKafka kafka) {
        ReportCodec codec = new ReportCodec();
        StepReport last = null;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition("reports", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    last = codec.decode(record.value());
                }
            }
        }
        return Objects.requireNonNull(last, "no report");
    }

    /** The window is larger than the stream: every sample is in it. */
    private static void expectClassesByName(StepReport last) {
        ScoreReport scores = last.scores();
        assertThat(scores.classes()).extracting(ClassReport::name).containsExactly("LOST", "WON");
        assertThat(scores.classes().stream().mapToDouble(ClassReport::support).sum())
                .isEqualTo(SAMPLES);
        double f1 = scores.classes().stream().mapToDouble(ClassReport::f1).sum() / 2;
        assertThat(scores.macroF1()).isCloseTo(f1, within(1e-12)).isBetween(0.8, 1.0);
        assertThat(scores.calibrationError()).isBetween(0.0, 0.2);
        assertThat(scores.rmse()).isNaN();
    }

    /** Records as the first writer has them, in a file. */
    private static Path recordsOfFile(Path directory) throws IOException {
        Path path = directory.resolve("bids.avro");
        SplittableRandom random = new SplittableRandom(2);
        try (DataFileWriter<GenericRecord> writer =
                new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(FIRST)).create(FIRST, path.toFile())) {
            for (int i = 0; i < 500; i++) writer.append(bid(FIRST, random));
        }
        return path;
    }

    private static double accuracy(Snapshot snapshot, FeatureMapping mapping, Path records) throws IOException {
        SampleBatch batch = new SampleBatch(3, 1, 500);
        try (Examples examples = MappedExamples.of(new RecordFile(records, null).open(), mapping)) {
            Example example = new Example();
            while (examples.read(example)) batch.append(example.features, example.labels, example.weight);
        }
        float[] predictions = new float[500];
        try (GradientEngine engine =
                Engines.factory("nd4j").create(snapshot.manifest().modelSpec())) {
            engine.upload(0, snapshot.parameters(), snapshot.parameters().length);
            engine.predict(batch, 256, predictions);
        }
        int correct = 0;
        for (int i = 0; i < 500; i++) if (predictions[i] > 0.5 == batch.labels()[i] > 0) correct++;
        return correct / 500.0;
    }
}
