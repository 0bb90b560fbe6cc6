package dev.millrace.pipeline.produce;

import dev.millrace.pipeline.dataset.Example;
import dev.millrace.schemas.wire.SampleEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
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

    SampleProducer(Producer<byte[], byte[]> producer, String topic, SampleEncoder encoder) {
        this.producer = producer;
        this.topic = topic;
        this.encoder = encoder;
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
    @SuppressWarnings("FutureReturnValueIgnored") // the callback counts successes and keeps the first failure
    public long send(SampleStream samples, double perSecond, long limit, BooleanSupplier running, LongConsumer progress)
            throws IOException {
        RateLimit rate = new RateLimit(perSecond, System::nanoTime);
        Example example = new Example();
        long sent = 0;
        while (sent < limit && failure.get() == null && running.getAsBoolean() && samples.next(example)) {
            rate.await();
            byte[] value = encoder.encode(
                    null,
                    System.currentTimeMillis(),
                    1,
                    example.features,
                    example.features.length,
                    example.labels,
                    example.labelCount);
            producer.send(new ProducerRecord<>(topic, value), (metadata, e) -> {
                if (e == null) acknowledged.incrementAndGet();
                else failure.compareAndSet(null, e);
            });
            sent++;
            progress.accept(sent);
        }
        producer.flush();
        Exception failed = failure.get();
        if (failed != null) {
            throw new IOException(
                    sent - acknowledged.get() + " of " + sent + " samples could not be sent to " + topic + ": "
                            + failed.getMessage(),
                    failed);
        }
        return acknowledged.get();
    }

    @Override
    public void close() {
        producer.close();
    }
}
