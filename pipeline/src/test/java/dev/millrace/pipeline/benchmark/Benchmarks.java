package dev.millrace.pipeline.benchmark;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.schemas.wire.SampleEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What the benchmarks share: models, topics full of samples, the CPU clock. */
final class Benchmarks {
    private Benchmarks() {}

    /** CPU time of this process, all its threads and an embedded broker's included, nanoseconds. */
    static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    static ModelSpec clicks() {
        return ModelSpec.fromYaml("""
                name: clicks
                inputs: 32
                layers:
                  - dense: {units: 64, activation: relu}
                  - dense: {units: 32, activation: relu}
                  - dense: {units: 1, activation: sigmoid}
                loss: binary_crossentropy
                """);
    }

    static ModelSpec digits() {
        return ModelSpec.fromYaml("""
                name: digits
                inputs: 784
                layers:
                  - dense: {units: 128, activation: relu}
                  - dense: {units: 10, activation: softmax}
                loss: categorical_crossentropy
                """);
    }

    /** 32 inputs, hidden layers of relu, one sigmoid output. */
    static ModelSpec hidden(int... units) {
        StringBuilder yaml = new StringBuilder("name: hidden\ninputs: 32\nloss: binary_crossentropy\nlayers:\n");
        for (int width : units) yaml.append("  - dense: {units: " + width + ", activation: relu}\n");
        return ModelSpec.fromYaml(
                yaml.append("  - dense: {units: 1, activation: sigmoid}\n").toString());
    }

    /** What the loop needs of Flink. */
    static Configuration flink(long checkpointMillis) {
        Configuration configuration = new Configuration();
        if (checkpointMillis > 0) {
            configuration.setString("execution.checkpointing.interval", checkpointMillis + " ms");
            configuration.setString("execution.checkpointing.snapshot-compression", "true");
        }
        configuration.setString("execution.buffer-timeout.interval", "0 ms");
        configuration.setString("pipeline.object-reuse", "true");
        configuration.setString("pipeline.generic-types", "false");
        configuration.setString("rest.bind-port", "0");
        configuration.setString("rest.bind-address", "127.0.0.1");
        return configuration;
    }

    /** Fills a topic of one partition with random samples of our schema. */
    @SuppressWarnings("FutureReturnValueIgnored") // flush waits for all of them
    static void fill(EmbeddedKafka kafka, String topic, int samples, int features, int classes) {
        kafka.createTopic(topic, 1, java.util.Map.of());
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("linger.ms", "20");
        properties.put("batch.size", "1000000");
        properties.put("buffer.memory", "134217728");
        SampleEncoder encoder = new SampleEncoder(WireFormat.RAW, 0);
        SplittableRandom random = new SplittableRandom(7);
        float[] x = new float[features];
        float[] y = new float[1];
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < samples; i++) {
                for (int f = 0; f < features; f++) x[f] = (float) random.nextDouble() - 0.5f;
                y[0] = random.nextInt(classes);
                producer.send(new ProducerRecord<>(
                        topic, encoder.encode(null, 1_700_000_000_000L + i, 1, x, features, y, 1)));
            }
            producer.flush();
        }
    }

    /** The number that a Python script prints. */
    static double python(Path script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/usr/bin/python3", script.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            if (process.waitFor() != 0 || line == null) throw new IllegalStateException(script + " failed");
            return Double.parseDouble(line);
        }
    }
}
