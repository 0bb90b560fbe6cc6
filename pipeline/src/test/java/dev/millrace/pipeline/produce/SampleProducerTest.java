package dev.millrace.pipeline.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.dataset.Example;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.schemas.wire.DecodedSample;
import dev.millrace.schemas.wire.SampleDecoder;
import dev.millrace.schemas.wire.SampleLimits;
import dev.millrace.schemas.wire.SchemaCatalog;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SampleProducerTest {

    @Test
    void shouldSendSamplesThatTheDecoderReadsBackInOrder() throws IOException {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            kafka.createTopic("clicks", 1, Map.of());
            Properties settings = new Properties();
            settings.put("bootstrap.servers", kafka.bootstrapServers());

            long sent;
            try (SampleProducer producer = SampleProducer.open(settings, "clicks")) {
                sent = producer.send(
                        encoded(new ClickStream(5, 0), WireFormat.SINGLE_OBJECT), 0, 300, () -> true, n -> {});
            }

            assertThat(sent).isEqualTo(300);
            SampleDecoder decoder =
                    new SampleDecoder(WireFormat.SINGLE_OBJECT, SchemaCatalog.builtIn(), new SampleLimits(10_000));
            ClickStream again = new ClickStream(5, 0);
            Example expected = new Example();
            DecodedSample sample = new DecodedSample();
            for (byte[] value : read(kafka, 300)) {
                again.next(expected);
                assertThat(decoder.decode(value, sample)).isNull();
                assertThat(Arrays.copyOf(sample.dense, sample.denseCount)).isEqualTo(expected.features);
                assertThat(sample.labels[0]).isEqualTo(expected.labels[0]);
            }
        }
    }

    @Test
    void shouldFailWhenASendFails() {
        MockProducer<byte[], byte[]> broker =
                new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        SampleProducer producer = new SampleProducer(broker, "clicks");
        ClickStream clicks = new ClickStream(1, 0);
        int[] calls = {0};
        SampleStream acknowledgedThenFailed = into -> {
            calls[0]++;
            if (calls[0] == 2) broker.completeNext();
            if (calls[0] == 3) broker.errorNext(new IllegalStateException("record too large"));
            return clicks.next(into);
        };

        assertThatThrownBy(() ->
                        producer.send(encoded(acknowledgedThenFailed, WireFormat.RAW), 0, 100, () -> true, n -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage("3 samples sent to clicks, 1 acknowledged: IllegalStateException: record too large."
                        + " Those without acknowledgement may have arrived");
    }

    @Test
    void shouldStopWhenToldTo() throws IOException {
        MockProducer<byte[], byte[]> broker =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        SampleProducer producer = new SampleProducer(broker, "clicks");

        long sent = producer.send(
                encoded(new ClickStream(1, 0), WireFormat.RAW),
                0,
                100,
                () -> broker.history().size() < 4,
                n -> {});

        assertThat(sent).isEqualTo(4);
    }

    private static Messages encoded(SampleStream samples, WireFormat wire) {
        return samples.encoded(wire, 0);
    }

    private static List<byte[]> read(EmbeddedKafka kafka, int count) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        TopicPartition partition = new TopicPartition("clicks", 0);
        List<byte[]> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (values.size() < count) {
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(200)))
                    values.add(each.value());
            }
        }
        return values;
    }
}
