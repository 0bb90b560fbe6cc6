package dev.millrace.pipeline.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.pipeline.publish.DeadLetterHeaders;
import java.time.Duration;
import java.util.Properties;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends records of letters, each with its progress in one transaction. A run that dies leaves nothing of an unfinished
 * transaction: its successor has the same transactional id, aborts it, and then reads the progress. Two at a time are
 * none: the second shuts the first out. Not thread safe.
 */
final class ReplayTransactions implements AutoCloseable {
    private static final long MAX_BYTES = 8 << 20;

    /** Far below {@code transaction.timeout.ms}, after which the brokers abort it; no reader waits longer. */
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;
    private final ReplayProgress progress;
    private final ReplaySettings settings;
    private final Duration timeout;
    private final LongSupplier nanoTime;
    private final LongConsumer told;
    private long open;
    private long openBytes;
    private long openSince;
    private long committed;

    /**
     * Takes over from whichever replay of these letters there was.
     *
     * @param kafka producer settings with {@code bootstrap.servers}
     * @param nanoTime as {@link System#nanoTime}
     * @param told the number of letters sent, after each transaction
     */
    ReplayTransactions(
            Properties kafka,
            LetterReading reading,
            ReplaySettings settings,
            Duration timeout,
            LongSupplier nanoTime,
            LongConsumer told) {
        Properties properties = new Properties();
        properties.putAll(kafka);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "millrace-replay-" + reading.topic());
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(timeout.toMillis()));
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        this.progress = reading.progress();
        this.settings = settings;
        this.timeout = timeout;
        this.nanoTime = nanoTime;
        this.told = told;
        try {
            producer.initTransactions();
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    /**
     * Sends the record that a letter holds.
     *
     * @param partition of the topic; null leaves it to the key
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the commit fails if one of its records could not be sent
    void send(Letter letter, String topic, @Nullable Integer partition) {
        if (open == 0) {
            producer.beginTransaction();
            openSince = nanoTime.getAsLong();
        }
        Long timestamp = settings.ownTimes() && letter.timestamp() >= 0 ? letter.timestamp() : null;
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, partition, timestamp, letter.key(), letter.value());
        for (Header header : letter.headers()) record.headers().add(header);
        record.headers()
                .add(DeadLetterHeaders.REPLAYED, letter.nextMark().toString().getBytes(UTF_8));
        producer.send(record);
        producer.send(progress.record(letter, topic));
        open++;
        openBytes += letter.valueLength();
        if (open >= settings.perTransaction() || openBytes >= MAX_BYTES) commit();
    }

    /**
     * Makes what was sent visible if it has waited for {@link #LONGEST}. Between two letters to be sent there may be millions
     * that are not.
     */
    void commitInTime() {
        if (open > 0 && nanoTime.getAsLong() - openSince > LONGEST.toNanos()) commit();
    }

    /** Makes what was sent visible. */
    void commit() {
        if (open == 0) return;
        producer.commitTransaction();
        committed += open;
        open = 0;
        openBytes = 0;
        told.accept(committed);
    }

    /** Records sent for good. */
    long committed() {
        return committed;
    }

    /** Aborts what was not committed. */
    @Override
    public void close() {
        producer.close(timeout);
    }
}
