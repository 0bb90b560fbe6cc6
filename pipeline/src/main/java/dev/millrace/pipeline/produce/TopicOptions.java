package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.cli.CommandFailedException;
import dev.millrace.pipeline.local.StandardOutput;
import dev.millrace.pipeline.preflight.KafkaFailure;
import dev.millrace.schemas.wire.SchemaCatalog;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long the brokers may be away, midway too. Default: ${DEFAULT-VALUE}.")
    private int timeoutSeconds;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /**
     * Sends the samples and says how it went.
     *
     * @throws CommandFailedException if a sample could not be read or sent
     */
    void send(MessageSource samples, PrintWriter out) {
        if (timeoutSeconds < 1) throw wrong("--timeout must be >= 1. Received: " + timeoutSeconds);
        if (partitions < 1) throw wrong("--partitions must be >= 1. Received: " + partitions);
        if (limit < 0) throw wrong("--limit must be >= 0. Received: " + limit);
        if (!(rate >= 0)) throw wrong("--rate must be >= 0. Received: " + rate);
        WireFormat wire = wire();
        try {
            sendAll(samples.encoded(wire, schemaId), out);
        } catch (IOException | IllegalArgumentException | KafkaException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
    }

    private void sendAll(Messages samples, PrintWriter out) throws IOException {
        Properties settings = SampleProducer.settings(Duration.ofSeconds(timeoutSeconds));
        settings.putAll(kafka);
        settings.put("bootstrap.servers", bootstrapServers);
        createTopic(settings);
        Progress progress = new Progress(out, StandardOutput.isTerminal(), limit, System::nanoTime);
        try (SampleProducer producer = SampleProducer.open(settings, topic)) {
            long sent = producer.send(samples, rate, limit, () -> true, progress::sent);
            progress.finish(sent);
        }
    }

    private WireFormat wire() {
        try {
            return WireFormat.valueOf(wireFormat.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw wrong("--wire-format must be raw, confluent or single-object. Received: " + wireFormat);
        }
    }

    private void createTopic(Properties settings) throws IOException {
        Properties admins = new Properties();
        admins.putAll(settings);
        admins.keySet().retainAll(AdminClientConfig.configNames());
        try (Admin admin = Admin.create(admins)) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) return;
            throw new IOException(
                    "topic " + topic + " at " + bootstrapServers + " could not be made: " + KafkaFailure.explain(e), e);
        } catch (KafkaException e) {
            throw new IOException(
                    "no connection to --bootstrap-servers " + bootstrapServers + ": " + KafkaFailure.explain(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
