package dev.millrace.pipeline.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A broker that goes away while samples are sent. */
@Timeout(120)
class BrokerAwayTest {
    private static final int RATE = 2_000;

    private EmbeddedKafka kafka;

    @BeforeEach
    void start() {
        kafka = EmbeddedKafka.startTemporary();
        kafka.createTopic("clicks", 1, Map.of());
    }

    @AfterEach
    void stop() {
        kafka.close();
    }

    private long send(Duration timeout, long limit, LongConsumer progress) throws IOException {
        Properties settings = SampleProducer.settings(timeout);
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        try (SampleProducer producer = SampleProducer.open(settings, "clicks");
                ClickStream clicks = new ClickStream(1, 0)) {
            return producer.send(clicks.encoded(WireFormat.RAW, 0), RATE, limit, () -> true, progress);
        }
    }

    @Test
    void shouldSendEverySampleOnceWhenTheBrokerComesBack() throws Exception {
        CompletableFuture<?>[] back = {CompletableFuture.completedFuture(null)};

        long sent = send(Duration.ofSeconds(60), 6_000, n -> {
            if (n == 2_000) {
                back[0] = CompletableFuture.runAsync(() -> {
                    kafka.stop();
                    kafka.start();
                });
            }
        });

        back[0].get();
        assertThat(sent).isEqualTo(6_000);
        assertThat(records()).isEqualTo(6_000);
    }

    @Test
    void shouldGiveUpInBoundedTimeWhenTheBrokerStaysAway() {
        long begin = System.nanoTime();

        assertThatThrownBy(() -> send(Duration.ofSeconds(4), Long.MAX_VALUE, n -> {
                    if (n == 2_000) kafka.stop();
                }))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("[0-9,]+ samples sent to clicks, [12],[0-9]{3} acknowledged: no answer in time: .*"
                        + "Those without acknowledgement may have arrived");

        // 1 s until it stops, 4 s of patience; the rest is for a busy machine.
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
    }

    private long records() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        TopicPartition partition = new TopicPartition("clicks", 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return consumer.endOffsets(List.of(partition)).getOrDefault(partition, -1L);
        }
    }
}
