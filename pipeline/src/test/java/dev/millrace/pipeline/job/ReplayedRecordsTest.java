package dev.millrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.cli.Ran;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.schemas.wire.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A schema was missing from the directory; once it is there, the records are replayed and learnt from. */
@Timeout(240)
class ReplayedRecordsTest {
    private static final int OF_EACH = 300;
    private static final int KNOWN = 1;
    private static final int FORGOTTEN = 2;
    private static final Schema SCHEMA = schema("");
    private static final Schema WIDER = schema("{\"name\": \"color\", \"type\": \"string\"},");

    private static Schema schema(String more) {
        return new Schema.Parser().parse("""
                {"type": "record", "name": "Bid", "fields": [%s
                  {"name": "price", "type": "float"},
                  {"name": "won", "type": "boolean"}]}
                """.formatted(more));
    }

    private static byte[] record(Schema schema, int schemaId, int number) throws IOException {
        GenericRecord bid = new GenericData.Record(schema);
        bid.put("price", number % 2 == 0 ? 1f : -1f);
        bid.put("won", number % 2 == 0);
        if (schema.getField("color") != null) bid.put("color", "blue");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(WireFormat.CONFLUENT.header(schemaId, schema));
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema).write(bid, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flush waits for all of them
    private static void produce(EmbeddedKafka kafka) throws IOException {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < OF_EACH; i++) {
                producer.send(new ProducerRecord<>("bids", record(SCHEMA, KNOWN, i)));
                producer.send(new ProducerRecord<>("bids", record(WIDER, FORGOTTEN, i)));
            }
            producer.flush();
        }
    }

    private static Path configuration(EmbeddedKafka kafka, Path directory) throws IOException {
        Files.createDirectories(directory.resolve("schemas"));
        Files.writeString(directory.resolve("bid.avsc"), SCHEMA.toString());
        return Files.writeString(directory.resolve("training.yaml"), """
                model:
                  name: bids
                  inputs: 1
                  layers: [{dense: {units: 1, activation: sigmoid}}]
                  loss: binary_crossentropy
                features:
                  inputs: [{numeric: {field: price, min: -1, max: 1}}]
                  label: {field: won}
                batch.size: 32
                kafka.bootstrap.servers: %s
                source:
                  topics: [bids]
                  bounded: true
                  wire-format: confluent
                  schema: bid.avsc
                  schema-directory: %s
                checkpoint:
                  interval: 200 ms
                  directory: %s
                publish.directory: %s
                dead-letter: {policy: dead-letter, topic: letters, max-ratio: 1}
                """.formatted(
                        kafka.bootstrapServers(),
                        directory.resolve("schemas"),
                        directory.resolve("checkpoints").toUri(),
                        directory.resolve("published")));
    }

    /** Retention passed over the topic: whoever reads it now finds what is replayed, and nothing else. */
    private static void forget(EmbeddedKafka kafka, int records) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteRecords(Map.of(new TopicPartition("bids", 0), RecordsToDelete.beforeOffset(records)))
                    .all()
                    .get();
        }
    }

    private static String samplesOfARun(Path configuration, Path directory) throws Exception {
        TrainingJob.run(TrainingConfig.load(configuration, List.of()));
        Snapshot snapshot = new SnapshotDirectory(directory.resolve("published")).load();
        return String.valueOf(snapshot.manifest().provenance().get("samples"));
    }

    @Test
    void recordsAreLearntFromOnceTheirSchemaIsThere(@TempDir Path directory) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            kafka.createTopic("bids", 1, Map.of());
            kafka.createTopic("letters", 1, Map.of());
            produce(kafka);
            Path configuration = configuration(kafka, directory);
            Files.writeString(directory.resolve("schemas/" + KNOWN + ".avsc"), SCHEMA.toString());

            String before = samplesOfARun(configuration, directory);
            forget(kafka, 2 * OF_EACH);
            Files.writeString(directory.resolve("schemas/" + FORGOTTEN + ".avsc"), WIDER.toString());
            Ran replay = Ran.millrace(
                    "deadletter", "replay", "--config", configuration.toString(), "--reason", "UNKNOWN_SCHEMA");
            String after = samplesOfARun(configuration, directory);
            Ran list = Ran.millrace("deadletter", "list", "--config", configuration.toString());

            assertThat(before).isEqualTo(Integer.toString(OF_EACH));
            assertThat(replay.out()).as(replay.err()).contains(OF_EACH + " record(s) were sent to bids");
            assertThat(after).isEqualTo(Integer.toString(OF_EACH));
            assertThat(list.out()).contains(OF_EACH + " replayed already").doesNotContain("refused again");
        }
    }
}
