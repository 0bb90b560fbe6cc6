package dev.millrace.pipeline.deadletter;

import dev.millrace.pipeline.config.KafkaConfig;
import dev.millrace.pipeline.preflight.KafkaFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the records of dead letters once more: value, key and headers as they were, and a mark behind them
 * ({@link ReplayMark}). Each letter's record is sent exactly once, however often and however badly a replay ends; one
 * that is refused again is not sent again by itself.
 */
public final class Replay {
    private final KafkaConfig kafka;
    private final LetterReading reading;
    private final ReplaySettings settings;
    private final Duration timeout;
    private final LongSupplier nanoTime;

    /** @param timeout how long the brokers may be silent */
    public Replay(KafkaConfig kafka, LetterReading reading, ReplaySettings settings, Duration timeout) {
        this(kafka, reading, settings, timeout, System::nanoTime);
    }

    Replay(KafkaConfig kafka, LetterReading reading, ReplaySettings settings, Duration timeout, LongSupplier nanoTime) {
        this.kafka = kafka;
        this.reading = reading;
        this.settings = settings;
        this.timeout = timeout;
        this.nanoTime = nanoTime;
    }

    private interface Outlet {
        void send(Letter letter, String topic, @Nullable Integer partition);
    }

    /**
     * Sends what is open among the letters that are there now.
     *
     * @param told the number of letters sent, after each transaction
     * @throws DeadLetterException saying how many were sent before it went wrong
     */
    public Tally run(LetterFilter filter, LongConsumer told) {
        long sent = 0;
        try {
            requireLetters();
            reading.progress().prepare(kafka.admin(), timeout);
            try (ReplayTransactions transactions =
                    new ReplayTransactions(kafka.sink(), reading, settings, timeout, nanoTime, told)) {
                try {
                    Tally tally = walk(
                            filter,
                            (letter, topic, partition) -> {
                                settings.pace().run();
                                transactions.send(letter, topic, partition);
                            },
                            transactions::commitInTime);
                    transactions.commit();
                    return tally;
                } finally {
                    sent = transactions.committed();
                }
            }
        } catch (KafkaException e) {
            throw new DeadLetterException(
                    String.format(
                            Locale.ROOT, "%s. %,d records were sent for good; the next replay goes on.", why(e), sent),
                    e);
        }
    }

    /** What {@link #run} would do. Writes nothing, makes no topic, and needs no right to. */
    public Tally rehearse(LetterFilter filter) {
        try {
            return walk(filter, (letter, topic, partition) -> {}, () -> {});
        } catch (KafkaException e) {
            throw new DeadLetterException(why(e) + ".", e);
        }
    }

    private void requireLetters() {
        try (TopicScan scan = new TopicScan(kafka.source(), timeout)) {
            reading.requireTopic(scan);
        }
    }

    private Tally walk(LetterFilter filter, Outlet outlet, Runnable passing) {
        Tally tally = new Tally();
        Map<String, Integer> partitions = new HashMap<>();
        try (TopicScan scan = new TopicScan(kafka.source(), timeout)) {
            long strange = reading.read(
                    scan,
                    filter,
                    settings.again(),
                    (letter, standing) -> {
                        if (standing == Standing.OPEN) {
                            if (tally.of(Standing.OPEN) == settings.limit()) return false;
                            String topic =
                                    settings.to() == null ? letter.source().topic() : settings.to();
                            int count = partitions.computeIfAbsent(topic, scan::partitions);
                            if (count == 0) {
                                throw new DeadLetterException("Topic " + topic + ", which the record of letter "
                                        + letter.place() + " would go to, does not exist. Make it, or say --to TOPIC.");
                            }
                            outlet.send(letter, topic, partition(letter, topic, count));
                            tally.sent(topic);
                        }
                        tally.count(standing);
                        return true;
                    },
                    passing);
            tally.strange(strange);
        }
        return tally;
    }

    /** Where the record was; another topic, or one made anew with fewer partitions, goes by the key. */
    private static @Nullable Integer partition(Letter letter, String topic, int count) {
        RecordPosition source = letter.source();
        return topic.equals(source.topic()) && source.partition() < count ? source.partition() : null;
    }

    private String why(KafkaException failure) {
        if (failure instanceof ProducerFencedException || failure instanceof InvalidProducerEpochException) {
            return "Another replay of " + reading.topic() + " began, which ended this one";
        }
        return "The letters of " + reading.topic() + " at " + kafka.bootstrapServers() + " could not be "
                + "read or sent: " + KafkaFailure.explain(failure);
    }
}
