package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.cli.CommandFailedException;
import dev.millrace.pipeline.local.StandardOutput;
import dev.millrace.schemas.wire.SchemaCatalog;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import picocli.CommandLine.Option;

/** Where samples are produced to, and how fast. A picocli mixin. */
final class TopicOptions {
    @Option(
            names = "--bootstrap-servers",
            required = true,
            paramLabel = "HOST:PORT",
            description = "Brokers to find the cluster by.")
    private String bootstrapServers;

    @Option(names = "--topic", required = true, description = "Topic that takes the samples; made if it is missing.")
    private String topic;

    @Option(
            names = "--partitions",
            defaultValue = "1",
            description = "Of a topic that is made. Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @Option(
            names = "--kafka",
            paramLabel = "KEY=VALUE",
            description = "A setting of the Kafka producer; may be repeated.")
    private Map<String, String> kafka = new LinkedHashMap<>();

    @Option(
            names = "--wire-format",
            defaultValue = "raw",
            description = "raw, confluent or single-object; as source.wire-format. Default: ${DEFAULT-VALUE}.")
    private String wireFormat;

    @Option(names = "--schema-id", description = "Id of the schema in the registry, for confluent. Default: 1.")
    private int schemaId = SchemaCatalog.OWN_ID;

    @Option(names = "--rate", defaultValue = "0", description = "Samples per second; 0 for as fast as it goes.")
    private double rate;

    @Option(names = "--limit", description = "Most samples to send. Default: all.")
    private long limit = Long.MAX_VALUE;

    /**
     * Sends the stream and says how it went.
     *
     * @throws CommandFailedException if a sample could not be read or sent
     */
    void send(SampleStream samples, long expected, PrintWriter out) {
        try {
            sendAll(samples, expected, out);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
    }

    private void sendAll(SampleStream samples, long expected, PrintWriter out) throws IOException {
        Properties settings = new Properties();
        settings.putAll(kafka);
        settings.put("bootstrap.servers", bootstrapServers);
        createTopic(settings);
        Progress progress = new Progress(out, StandardOutput.isTerminal(), Math.min(limit, expected), System::nanoTime);
        WireFormat wire = WireFormat.valueOf(wireFormat.toUpperCase(Locale.ROOT).replace('-', '_'));
        try (SampleProducer producer = SampleProducer.open(settings, topic, wire, schemaId)) {
            long sent = producer.send(samples, rate, limit, () -> true, progress::sent);
            progress.finish(sent);
        }
    }

    private void createTopic(Properties settings) throws IOException {
        try (Admin admin = Admin.create(settings)) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) return;
            throw new IOException("Topic " + topic + " at " + bootstrapServers + " cannot be made: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
