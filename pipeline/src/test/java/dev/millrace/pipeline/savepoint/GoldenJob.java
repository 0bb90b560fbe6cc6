package dev.millrace.pipeline.savepoint;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.RecordMapper;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.config.FlinkDefaults;
import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The job whose savepoints are kept: a feature mapping, normalization, a table, an optimizer with memory, a batch that
 * grows, commands, and every sink. Its broker and its cluster are in this process; its topic holds the same records
 * at the same offsets whenever it is made.
 */
final class GoldenJob implements AutoCloseable {
    private static final long LIMIT_SECONDS = 60;
    private static final Schema SCHEMA = new Schema.Parser().parse("""
            {"type": "record", "name": "golden.Bid", "fields": [
              {"name": "price", "type": "float"},
              {"name": "country", "type": "string"},
              {"name": "won", "type": "boolean"}]}
            """);
    private static final List<String> COUNTRIES = List.of("DE", "FR", "US");

    final EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
    private final Path directory;
    private final MiniCluster cluster;

    /** @param directory for what the job reads and writes */
    GoldenJob(Path directory) throws Exception {
        this.directory = directory;
        kafka.createTopic("bids", 1, Map.of());
        for (String topic : List.of("parts", "models", "reports", "letters", "commands")) {
            kafka.createTopic(topic, 1, Map.of());
        }
        Configuration configuration = new Configuration(FlinkDefaults.cluster());
        configuration.setString("rest.bind-port", "0");
        configuration.setString("rest.bind-address", "127.0.0.1");
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(1)
                .setCommonBindAddress("127.0.0.1")
                .build());
        cluster.start();
    }

    private TrainingConfig config(String maxAge) throws IOException {
        Files.writeString(directory.resolve("bid.avsc"), SCHEMA.toString());
        Path file = Files.writeString(directory.resolve("training.yaml"), """
                model:
                  name: golden
                  inputs: 2
                  layers:
                    - concatenate:
                        branches:
                          - inputs: [0, 1]
                            layers: [normalization, {dense: {units: 2, activation: tanh}}]
                          - inputs: [1, 2]
                            layers: [{embedding_bag: {input_dim: 4, output_dim: 2}}]
                    - dense: {units: 1, activation: sigmoid}
                  loss: binary_crossentropy
                features:
                  inputs:
                    - numeric: {field: price}
                    - categorical: {field: country, vocabulary: [DE, FR, US], encoding: id}
                  label: {field: won}
                optimizer.name: adam
                learning-rate: 0.01
                batch: {policy: auto, size: 32, max-age: %s}
                kafka.bootstrap.servers: %s
                source: {topics: [bids], schema: bid.avsc}
                checkpoint:
                  interval: 200 ms
                  directory: %s
                publish:
                  directory: %s
                  snapshot-topic: parts
                  model-topic: models
                report.topic: reports
                control.topic: commands
                dead-letter: {policy: dead-letter, topic: letters}
                """.formatted(
                        maxAge,
                        kafka.bootstrapServers(),
                        directory.resolve("checkpoints").toUri(),
                        published()));
        return TrainingConfig.load(file, List.of());
    }

    private Path published() {
        return directory.resolve("published");
    }

    /** Sends the records of some offsets; they are the same in every life of the topic. */
    @SuppressWarnings("FutureReturnValueIgnored") // flush waits for all of them
    void produce(int from, int to) throws IOException {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int offset = from; offset < to; offset++) {
                producer.send(new ProducerRecord<>("bids", encoded(bid(offset))));
            }
            producer.flush();
        }
    }

    private static GenericRecord bid(int offset) {
        SplittableRandom random = new SplittableRandom(offset);
        float price = (float) random.nextDouble(-3, 3);
        String country = COUNTRIES.get(random.nextInt(COUNTRIES.size()));
        GenericRecord bid = new GenericData.Record(SCHEMA);
        bid.put("price", price);
        bid.put("country", country);
        bid.put("won", price > (country.equals("DE") ? 1 : -1));
        return bid;
    }

    private static byte[] encoded(GenericRecord bid) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(SCHEMA).write(bid, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    /** Share of the records of some offsets that a snapshot predicts rightly. */
    static double accuracy(Snapshot snapshot, int from, int count) {
        FeatureMapping mapping = Objects.requireNonNull(snapshot.manifest().featureMapping());
        RecordMapper mapper = mapping.mapper();
        SampleBatch batch = new SampleBatch(mapper.width(), 1, count);
        float[] features = new float[mapper.width()];
        for (int offset = from; offset < from + count; offset++) {
            GenericRecord bid = bid(offset);
            mapper.features(bid, features);
            batch.append(features, new float[] {(boolean) bid.get("won") ? 1 : 0}, 1);
        }
        float[] predictions = new float[count];
        try (GradientEngine engine =
                Engines.factory("nd4j").create(snapshot.manifest().modelSpec())) {
            engine.upload(0, snapshot.parameters(), snapshot.parameters().length);
            engine.predict(batch, count, predictions);
        }
        int right = 0;
        for (int i = 0; i < count; i++) if (predictions[i] > 0.5 == batch.labels()[i] > 0) right++;
        return right / (double) count;
    }

    /** @param maxAge after which a mini-batch that is not full is learnt from */
    private JobGraph graph(String maxAge) throws IOException {
        TrainingConfig config = config(maxAge);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(FlinkDefaults.job(config));
        TrainingJob.define(env, config);
        return env.getStreamGraph().getJobGraph();
    }

    JobID start(String maxAge) throws Exception {
        return cluster.submitJob(graph(maxAge)).get().getJobID();
    }

    JobID restore(Path savepoint, String maxAge) throws Exception {
        JobGraph graph = graph(maxAge);
        graph.setSavepointRestoreSettings(
                SavepointRestoreSettings.forPath(savepoint.toUri().toString()));
        return cluster.submitJob(graph).get().getJobID();
    }

    /** Waits until a published version has learnt from so many samples. */
    Snapshot awaitPublished(JobID job, long samples, Duration limit) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        String last = "nothing";
        while (System.nanoTime() < end) {
            JobStatus status = cluster.getJobStatus(job).get(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (status.isGloballyTerminalState()) {
                cluster.requestJobResult(job)
                        .get()
                        .toJobExecutionResult(getClass().getClassLoader());
            }
            try {
                Snapshot snapshot = new SnapshotDirectory(published()).load();
                last = String.valueOf(snapshot.manifest().provenance().get("samples"));
                if (Long.parseLong(last) >= samples) return snapshot;
            } catch (SnapshotException e) {
                last = String.valueOf(e.getMessage()); // not yet
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("waited " + limit + " for " + samples + " samples. Received: " + last);
    }

    /** Waits for the end of the job, and fails as it did. */
    void awaitEnd(JobID job) throws Exception {
        cluster.requestJobResult(job)
                .get(LIMIT_SECONDS, TimeUnit.SECONDS)
                .toJobExecutionResult(getClass().getClassLoader());
    }

    Path stopWithSavepoint(JobID job, Path into) throws Exception {
        String path = cluster.stopWithSavepoint(job, into.toUri().toString(), false, SavepointFormatType.CANONICAL)
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        return Path.of(URI.create(path));
    }

    @Override
    public void close() {
        cluster.closeAsync().join();
        kafka.close();
    }
}
