package dev.millrace.pipeline.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.DeadLetterHeaders;
import dev.millrace.pipeline.publish.TestLetters;
import dev.millrace.pipeline.publish.TopicContents;
import dev.millrace.pipeline.source.DeadLetter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A broker with a sample topic of two partitions, {@code clicks}, and its letters. */
final class LetterBroker implements AutoCloseable {
    static final String CLICKS = "clicks";
    static final String LETTERS = "letters";
    static final LetterReading READING = LetterReading.of(LETTERS);
    static final LetterFilter ALL = new LetterFilter(Set.of(), Set.of(), 0);
    static final Duration TIMEOUT = Duration.ofSeconds(30);

    final EmbeddedKafka kafka = EmbeddedKafka.startTemporary();

    LetterBroker() {
        createTopics();
    }

    /** As new: the topics are empty, and there are no others. */
    void reset() throws Exception {
        try (Admin admin = Admin.create(config().admin())) {
            admin.deleteTopics(admin.listTopics().names().get()).all().get();
        }
        createTopics();
    }

    private void createTopics() {
        kafka.createTopic(CLICKS, 2, Map.of());
        kafka.createTopic(LETTERS, 1, Map.of());
    }

    KafkaConfig config() {
        return KafkaConfig.at(kafka.bootstrapServers());
    }

    void write(DeadLetter... letters) {
        send(List.of(letters).stream()
                .map(letter -> TestLetters.record(LETTERS, letter))
                .toList());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flush waits for all of them
    void send(List<ProducerRecord<byte[], byte[]>> records) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            records.forEach(producer::send);
            producer.flush();
        }
    }

    List<ConsumerRecord<byte[], byte[]>> clicks(int partition) {
        return contents(CLICKS, partition);
    }

    /** What a reader sees once the last transaction is over; its end is told before every reader sees it. */
    List<ConsumerRecord<byte[], byte[]>> contents(String topic, int partition) {
        TopicPartition place = new TopicPartition(topic, partition);
        await().until(() -> TopicContents.isSettled(kafka, place));
        return committed(place);
    }

    /** What a reader sees now, whatever goes on. */
    List<ConsumerRecord<byte[], byte[]>> committed(TopicPartition place) {
        return TopicContents.of(kafka, place, "read_committed");
    }

    Set<String> topics() throws Exception {
        try (Admin admin = Admin.create(config().admin())) {
            return admin.listTopics().names().get();
        }
    }

    Tally replay(ReplaySettings settings, LetterFilter filter) {
        return new Replay(config(), READING, settings, TIMEOUT).run(filter, sent -> {});
    }

    Tally replay() {
        return replay(settings(false), ALL);
    }

    static ReplaySettings settings(boolean again) {
        return new ReplaySettings(null, again, Long.MAX_VALUE, 2, false, () -> {});
    }

    /** What the mark of a record says. */
    static @Nullable String mark(ConsumerRecord<byte[], byte[]> record) {
        Header mark = record.headers().lastHeader(DeadLetterHeaders.REPLAYED);
        return mark == null ? null : new String(mark.value(), UTF_8);
    }

    @Override
    public void close() {
        kafka.close();
    }
}
