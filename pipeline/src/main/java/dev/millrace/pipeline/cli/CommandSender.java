package dev.millrace.pipeline.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.pipeline.config.TrainingConfig;
import dev.millrace.pipeline.control.Command;
import dev.millrace.pipeline.control.CommandCodec;
import dev.millrace.pipeline.control.Outcome;
import dev.millrace.pipeline.publish.ReportCodec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends a command to a running job and waits for what it says of it. */
final class CommandSender {
    private static final Duration POLL = Duration.ofMillis(200);

    private final TrainingConfig config;
    private final Duration timeout;

    /** @param timeout for the brokers and for the job */
    CommandSender(TrainingConfig config, Duration timeout) {
        this.config = config;
        this.timeout = timeout;
    }

    /**
     * Sends a command once.
     *
     * @return what became of it; empty if the job did not say in time
     * @throws CommandFailedException if topics are missing or brokers do not answer
     */
    Optional<Outcome> send(Command command) {
        String control = config.control().topic();
        String reports = config.report().topic();
        if (control == null || reports == null) {
            throw new CommandFailedException("The configuration has no control.topic: the job takes no commands. Set it"
                    + " and report.topic, and start the job from a savepoint.");
        }
        if (config.source().bounded()) {
            throw new CommandFailedException(
                    "The configuration has source.bounded: true: a job that ends with its topics takes no commands.");
        }
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(consumerProperties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            goToEnd(consumer, reports);
            produce(control, command);
            return await(consumer, command.id());
        } catch (KafkaException e) {
            throw new CommandFailedException(
                    "The brokers at " + config.kafka().bootstrapServers() + " did not do what was asked: "
                            + e.getMessage(),
                    e);
        }
    }

    private Properties consumerProperties() {
        Properties properties = config.kafka().source();
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(timeout.toMillis()));
        return properties;
    }

    private static void goToEnd(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new CommandFailedException("Topic " + topic + " (report.topic) does not exist: is the job running?");
        }
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // the end of now, not that of the first poll
    }

    private void produce(String topic, Command command) {
        Properties properties = config.kafka().sink();
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(timeout.toMillis()));
        byte[] key = command.model().getBytes(UTF_8);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key, new CommandCodec().encode(command)))
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new CommandFailedException(
                    "The command could not be written to topic " + topic + " (control.topic): " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("Interrupted while the command was sent.", e);
        }
    }

    private Optional<Outcome> await(KafkaConsumer<byte[], byte[]> consumer, String id) {
        ReportCodec codec = new ReportCodec();
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < timeout.toNanos()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                for (Outcome outcome : codec.decode(record.value()).commands()) {
                    if (outcome.id().equals(id)) return Optional.of(outcome);
                }
            }
        }
        return Optional.empty();
    }
}
