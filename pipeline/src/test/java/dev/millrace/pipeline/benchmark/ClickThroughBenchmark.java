package dev.millrace.pipeline.benchmark;

import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.produce.ImpressionStream;
import dev.millrace.pipeline.produce.Messages;
import dev.millrace.pipeline.produce.SampleProducer;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * The click-through example from Kafka against confluent-kafka and scikit-learn's {@code SGDClassifier.partial_fit} in the same
 * run: the same impressions, mini-batches of 256 and 2^21 hashed weights. The job reads Avro, the peer tab-separated text; the
 * broker shares the cores with both. A job runs for months, so it is measured warm: after one run that does not count, and
 * from the second third of each run on.
 */
public final class ClickThroughBenchmark {
    private static final String BUCKETS = "2097152";
    private static final String BATCH = "256";

    private ClickThroughBenchmark() {}

    /** Arguments: the Python script, the example's configuration, rounds, impressions for the job, for the peer. */
    public static void main(String[] args) throws Exception {
        Path script = Path.of(args[0]);
        Path example = Path.of(args[1]);
        int rounds = Integer.parseInt(args[2]);
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            fill(kafka, "impressions", new ImpressionStream(1, WireFormat.RAW, 0), Long.parseLong(args[3]));
            fill(kafka, "lines", new Lines(new ImpressionStream(1, WireFormat.RAW, 0)), Long.parseLong(args[4]));
            job(kafka, example, -1);
            for (int round = 0; round < rounds; round++) {
                double python = Benchmarks.python(script, kafka.bootstrapServers(), "lines", BUCKETS, BATCH);
                double ours = job(kafka, example, round);
                System.out.printf(
                        "job %,9.0f samples/s   Python %,9.0f samples/s   ratio %.2f%n", ours, python, ours / python);
            }
        }
        System.exit(0);
    }

    private static double job(EmbeddedKafka kafka, Path example, int round) throws Exception {
        return JobRuns.samplesPerSecond(kafka, "impressions", ConfigLoader.of(example), round, 1 / 3.0);
    }

    private static void fill(EmbeddedKafka kafka, String topic, Messages messages, long limit) throws IOException {
        kafka.createTopic(topic, 1, Map.of());
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        try (SampleProducer producer = SampleProducer.open(properties, topic)) {
            producer.send(messages, 0, limit, () -> true, sent -> {});
        }
    }

    /** Impressions as lines: the label, the counts and the categories, with tabs between. */
    private record Lines(ImpressionStream impressions) implements Messages {
        private static final GenericDatumReader<GenericRecord> READER =
                new GenericDatumReader<>(ImpressionStream.schema());

        @Override
        public byte[] next() throws IOException {
            BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(impressions.next(), null);
            GenericRecord record = READER.read(null, decoder);
            StringBuilder line = new StringBuilder(impressions.clicked() ? "1" : "0");
            for (int i = 2; i < record.getSchema().getFields().size(); i++)
                line.append('\t').append(text(record.get(i)));
            return line.toString().getBytes(StandardCharsets.UTF_8);
        }

        private static String text(@Nullable Object value) {
            return value == null ? "" : value.toString();
        }
    }
}
