package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.dataset.Example;
import dev.millrace.pipeline.preflight.KafkaFailure;
import dev.millrace.schemas.wire.SampleEncoder;
import dev.millrace.schemas.wire.WireFormat;
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

/** Sends a stream of samples to a topic. No failed send goes unnoticed: the first one ends the run with its cause. */
public final class SampleProducer implements AutoCloseable {
    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final SampleEncoder encoder;
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private long sent;

    SampleProducer(Producer<byte[], byte[]> producer, String topic, SampleEncoder encoder) {
        this.producer = producer;
        this.topic = topic;
        this.encoder = encoder;
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
    public static SampleProducer open(Properties kafka, String topic, WireFormat wire, int schemaId) {
        Properties settings = new Properties();
        settings.put("linger.ms", "5");
        settings.put("batch.size", "262144");
        settings.putAll(kafka);
        return new SampleProducer(
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()),
                topic,
                new SampleEncoder(wire, schemaId));
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
    public long send(SampleStream samples, double perSecond, long limit, BooleanSupplier running, LongConsumer progress)
            throws IOException {
        RateLimit rate = new RateLimit(perSecond, System::nanoTime);
        Example example = new Example();
        while (sent < limit && failure.get() == null && running.getAsBoolean() && read(samples, example)) {
            rate.await();
            send(example);
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

    private boolean read(SampleStream samples, Example into) throws IOException {
        try {
            return samples.next(into);
        } catch (IllegalArgumentException e) {
            producer.flush();
            throw new IOException(e.getMessage() + " (" + told() + ")", e);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback counts successes and keeps the first failure
    private void send(Example sample) {
        long now = System.currentTimeMillis();
        byte[] value = encoder.encode(
                sample.id,
                sample.eventTime == Example.NO_TIME ? now : sample.eventTime,
                sample.weight,
                sample.features,
                sample.features.length,
                sample.labels,
                sample.labelCount);
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
