package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.preflight.KafkaFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Sends a stream of samples to a topic. No failed send goes unnoticed: the first one ends the run with its cause. */
public final class SampleProducer implements AutoCloseable {
    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private long sent;

    SampleProducer(Producer<byte[], byte[]> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
    }

    /** What bounds every wait for brokers that are away: a sample is given up, and so is the run, after this time. */
    static Properties settings(Duration timeout) {
        long millis = timeout.toMillis();
        Properties settings = new Properties();
        settings.put("max.block.ms", String.valueOf(millis));
        settings.put("delivery.timeout.ms", String.valueOf(millis));
        settings.put("request.timeout.ms", String.valueOf(Math.min(30_000, millis / 2)));
        settings.put("default.api.timeout.ms", String.valueOf(millis));
        return settings;
    }

    /** @param kafka producer settings with {@code bootstrap.servers} */
    public static SampleProducer open(Properties kafka, String topic) {
        Properties settings = new Properties();
        settings.put("linger.ms", "5");
        settings.put("batch.size", "262144");
        settings.putAll(kafka);
        return new SampleProducer(
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()), topic);
    }

    /**
     * Sends until the stream ends, the limit is reached or {@code running} turns false, and waits for the brokers.
     *
     * @param perSecond 0 for as fast as it goes
     * @param limit most samples to send
     * @param progress told the number of samples sent, after each
     * @return samples that the brokers have
     * @throws IOException if a sample could not be read or sent
     */
    public long send(Messages samples, double perSecond, long limit, BooleanSupplier running, LongConsumer progress)
            throws IOException {
        RateLimit rate = new RateLimit(perSecond, System::nanoTime);
        while (sent < limit && failure.get() == null && running.getAsBoolean()) {
            byte[] value = read(samples);
            if (value == null) break;
            rate.await();
            send(value);
            progress.accept(sent);
        }
        // What else is on its way shares the fate of the first that failed; waiting for it would double the time.
        if (failure.get() == null) producer.flush();
        Exception failed = failure.get();
        if (failed == null) return acknowledged.get();
        producer.close(Duration.ZERO);
        throw new IOException(
                told() + ": " + KafkaFailure.explain(failed) + ". Those without acknowledgement may have arrived",
                failed);
    }

    private byte @Nullable [] read(Messages samples) throws IOException {
        try {
            return samples.next();
        } catch (IllegalArgumentException e) {
            producer.flush();
            throw new IOException(e.getMessage() + " (" + told() + ")", e);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback counts successes and keeps the first failure
    private void send(byte[] value) {
        producer.send(new ProducerRecord<>(topic, value), (metadata, e) -> {
            if (e == null) acknowledged.incrementAndGet();
            else failure.compareAndSet(null, e);
        });
        sent++;
    }

    private String told() {
        return String.format(Locale.ROOT, "%,d samples sent to %s, %,d acknowledged", sent, topic, acknowledged.get());
    }

    @Override
    public void close() {
        producer.close();
    }
}
