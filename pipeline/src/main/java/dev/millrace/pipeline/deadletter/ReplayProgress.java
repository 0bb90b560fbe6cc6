package dev.millrace.pipeline.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.pipeline.preflight.KafkaFailure;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Which letters have been replayed: a compacted topic with a record for each, keyed by the position that the job read
 * it from, {@code clicks-3@8812}. It is written in the transaction that sends the record, so both are there or
 * neither. The offset of a consumer group would not do: a replay of some reasons leaves gaps, and one record may have
 * two letters.
 */
final class ReplayProgress {
    private static final String ONE_RECORD_PER_LETTER = "of it is kept one record for each letter sent, and where one"
            + " is missing the letter would be sent again. Set cleanup.policy=compact, or name another by --progress";

    private final String topic;

    ReplayProgress(String topic) {
        this.topic = topic;
    }

    /**
     * Makes the topic if it is missing.
     *
     * @param kafka settings of an admin client
     * @throws DeadLetterException if it cannot be made, or forgets what is written to it
     */
    void prepare(Properties kafka, Duration timeout) {
        NewTopic compacted = new NewTopic(topic, Optional.of(1), Optional.empty())
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
        try (Admin admin = Admin.create(kafka)) {
            try {
                admin.createTopics(List.of(compacted)).all().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) throw e;
                check(admin, timeout);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new DeadLetterException(
                    "Topic " + topic + ", which says what has been replayed, could not be made or looked at: "
                            + KafkaFailure.explain(e),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeadLetterException("Interrupted.", e);
        }
    }

    private void check(Admin admin, Duration timeout)
            throws ExecutionException, TimeoutException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        String policy = admin.describeConfigs(List.of(resource))
                .all()
                .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .values()
                .iterator()
                .next()
                .get(TopicConfig.CLEANUP_POLICY_CONFIG)
                .value();
        if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw new DeadLetterException("Topic " + topic + " must have cleanup.policy=compact. Received: " + policy
                    + "; " + ONE_RECORD_PER_LETTER + ".");
        }
    }

    /** Sources of the letters replayed so far; none if there is no such topic yet. */
    Set<RecordPosition> read(TopicScan scan) {
        Set<RecordPosition> replayed = new HashSet<>();
        if (scan.partitions(topic) == 0) return replayed;
        scan.read(
                topic,
                0,
                record -> {
                    RecordPosition source =
                            record.key() == null ? null : RecordPosition.parse(new String(record.key(), UTF_8));
                    if (source != null && record.value() != null) replayed.add(source);
                    return true;
                },
                () -> {});
        return replayed;
    }

    /**
     * What is written when a letter is sent. The value is for people: attempt, first position, where to.
     *
     * @param to topic that the letter's record goes to
     */
    ProducerRecord<byte[], byte[]> record(Letter letter, String to) {
        String value = letter.nextMark() + " to " + to;
        return new ProducerRecord<>(topic, letter.source().toString().getBytes(UTF_8), value.getBytes(UTF_8));
    }
}
