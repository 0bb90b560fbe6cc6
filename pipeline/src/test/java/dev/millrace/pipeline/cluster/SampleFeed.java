package dev.millrace.pipeline.cluster;

import dev.millrace.schemas.wire.SampleEncoder;
import dev.millrace.schemas.wire.WireFormat;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends samples of four features all the time, about two thousand a second. */
final class SampleFeed {
    private static final int FEATURES = 4;

    private final Thread thread;
    private volatile boolean running = true;

    SampleFeed(String bootstrapServers, String topic) {
        thread = new Thread(() -> send(bootstrapServers, topic), "feed");
        thread.start();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // one that is lost is not missed
    private void send(String bootstrapServers, String topic) {
        SampleEncoder encoder = new SampleEncoder(WireFormat.RAW, 0);
        SplittableRandom random = new SplittableRandom(1);
        float[] x = new float[FEATURES];
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long i = 0; running; i++) {
                for (int f = 0; f < FEATURES; f++) x[f] = (float) (2 * random.nextDouble() - 1);
                float[] y = {x[0] + x[1] > 0 ? 1 : 0};
                producer.send(new ProducerRecord<>(topic, encoder.encode(null, 1 + i, 1, x, FEATURES, y, 1)));
                if (i % 20 == 0) LockSupport.parkNanos(10_000_000);
            }
        }
    }

    void stop() throws InterruptedException {
        running = false;
        thread.join();
    }
}
