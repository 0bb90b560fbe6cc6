package dev.millrace.pipeline.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedKafkaTest {

    @Test
    void shouldShowACommittedTransactionAndHideAnAbortedOne() {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            kafka.createTopic("words", 1, Map.of());

            try (KafkaProducer<String, String> producer = transactionalProducer(kafka)) {
                producer.beginTransaction();
                send(producer, "aborted");
                producer.abortTransaction();
                producer.beginTransaction();
                send(producer, "committed");
                producer.commitTransaction();
            }

            assertThat(readCommitted(kafka, "words", 1)).containsExactly("committed");
        }
    }

    @Test
    void shouldKeepTopicsOfAGivenDirectoryOverARestart(@TempDir Path directory) {
        try (EmbeddedKafka first = EmbeddedKafka.start(directory)) {
            first.createTopic("words", 1, Map.of("cleanup.policy", "compact"));
            send(first, "before");
            first.stop();
            first.start();
            send(first, "same port");
        }

        try (EmbeddedKafka second = EmbeddedKafka.start(directory)) {
            second.createTopic("words", 1, Map.of());
            send(second, "after");

            assertThat(readCommitted(second, "words", 3)).containsExactly("before", "same port", "after");
        }
    }

    @Test
    void shouldDeleteATemporaryDirectory() {
        EmbeddedKafka kafka = EmbeddedKafka.startTemporary();

        kafka.close();

        assertThat(Files.exists(kafka.directory())).isFalse();
    }

    private static void send(EmbeddedKafka kafka, String value) {
        try (KafkaProducer<String, String> producer = transactionalProducer(kafka)) {
            producer.beginTransaction();
            send(producer, value);
            producer.commitTransaction();
        }
    }

    private static void send(KafkaProducer<String, String> producer, String value) {
        var unused = producer.send(new ProducerRecord<>("words", value, value));
    }

    private static KafkaProducer<String, String> transactionalProducer(EmbeddedKafka kafka) {
        KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "test"),
                new StringSerializer(),
                new StringSerializer());
        producer.initTransactions();
        return producer;
    }

    private static List<String> readCommitted(EmbeddedKafka kafka, String topic, int count) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<byte[], String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (values.size() < count) {
                consumer.poll(Duration.ofMillis(200)).forEach(r -> values.add(r.value()));
            }
        }
        return values;
    }
}
