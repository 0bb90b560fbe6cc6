package dev.millrace.pipeline.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.deadletter.Letter;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.source.DeadLetter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class DeadLetterSinkTest {

    @RegisterExtension
    private static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
                    .setNumberTaskManagers(1)
                    .setNumberSlotsPerTaskManager(1)
                    .build());

    private static final AtomicInteger starts = new AtomicInteger();
    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @Test
    void shouldKeepKeyValueAndHeadersByteForByteAndSayWhy() throws Exception {
        byte[] broken = {0, 1, (byte) 0xff, 13, 10};
        kafka.createTopic("letters", 1, Map.of());
        DeadLetter letter = new DeadLetter(
                "clicks",
                3,
                8_812,
                0,
                "NOT_FINITE",
                "dense[4] must be finite.\nReceived: NaN",
                new byte[] {7},
                broken,
                50_000_000,
                new String[] {"trace", "trace", "nothing", "empty"},
                new byte[][] {{1, 2}, {3}, null, {}});

        StreamExecutionEnvironment environment = environment(0);
        environment.fromData(letter, tombstone()).sinkTo(DeadLetterSink.of(properties(), "letters", "decode"));
        environment.execute("letters");

        List<ConsumerRecord<byte[], byte[]>> written = TopicContents.of(kafka, "letters");

        assertThat(written).hasSize(2);
        ConsumerRecord<byte[], byte[]> first = written.get(0);
        assertThat(first.key()).containsExactly(7);
        assertThat(first.value()).isEqualTo(broken);
        assertThat(first.timestamp()).isGreaterThan(1_000_000);
        assertThat(first.headers())
                .extracting(header -> header.key() + "=" + text(header))
                .containsExactly(
                        "trace=\u0001\u0002",
                        "trace=\u0003",
                        "nothing=null",
                        "empty=",
                        "millrace.errors.topic=clicks",
                        "millrace.errors.partition=3",
                        "millrace.errors.offset=8812",
                        "millrace.errors.stage=decode",
                        "millrace.errors.reason=NOT_FINITE",
                        "millrace.errors.message=dense[4] must be finite. Received: NaN",
                        "millrace.errors.timestamp=0",
                        "millrace.errors.value-length=50000000",
                        "millrace.errors.dropped-bytes=0");
        assertThat(written.get(1).key()).isNull();
        assertThat(written.get(1).value()).isNull();
    }

    @Test
    void shouldWriteALetterOfARecordWhoseKeyAndHeadersNoProducerTakes() throws Exception {
        kafka.createTopic("fat", 1, Map.of());
        int large = 5_000_000; // as text compresses; the producer counts what it is without that, up to 1 MiB
        String[] names = new String[2_002];
        byte[][] values = new byte[names.length][];
        Arrays.fill(names, "");
        Arrays.fill(values, new byte[0]);
        names[0] = "trace";
        values[0] = new byte[] {1, 2};
        names[1] = "baggage";
        values[1] = new byte[large];
        DeadLetter headers = new DeadLetter(
                "clicks", 3, 1, 0, "EMPTY", "\uffff".repeat(2_000), new byte[] {7}, new byte[9], 9, names, values);
        DeadLetter key = new DeadLetter(
                "clicks", 3, 2, 0, "EMPTY", "", new byte[large], new byte[9], 9, new String[] {"trace"}, new byte[][] {
                    {1, 2}
                });
        StreamExecutionEnvironment environment = environment(0);

        environment.fromData(headers, key).sinkTo(DeadLetterSink.of(properties(), "fat", "decode"));
        environment.execute("letters");

        List<ConsumerRecord<byte[], byte[]>> written = TopicContents.of(kafka, "fat");
        assertThat(written).hasSize(2).allSatisfy(letter -> {
            assertThat(letter.headers().headers("trace"))
                    .singleElement()
                    .extracting(Header::value)
                    .isEqualTo(new byte[] {1, 2});
            assertThat(letter.headers().headers("baggage")).isEmpty();
            // What the check of the topics before the start counts on beside the value.
            assertThat(sizeBesideValue(letter)).isLessThan(16 << 10);
            assertThat(Objects.requireNonNull(Letter.of(letter)).truncated()).isTrue();
        });
        assertThat(written.get(0).key()).containsExactly(7);
        assertThat(written.get(1).key()).isNull();
        // A key of 5 MB is all that the second lacks.
        assertThat(Objects.requireNonNull(Letter.of(written.get(1))).dropped()).isEqualTo(large);
    }

    /** As Kafka lays a record out, but for a few bytes. */
    private static long sizeBesideValue(ConsumerRecord<byte[], byte[]> record) {
        long size = record.key() == null ? 0 : record.key().length;
        for (Header header : record.headers()) {
            size += header.key().getBytes(UTF_8).length + 2;
            size += header.value() == null ? 0 : header.value().length;
        }
        return size;
    }

    @Test
    void shouldCommitNoInputOffsetPastALetterThatWasNotWritten() throws Exception {
        kafka.createTopic("input", 1, Map.of());
        produce("input", 3);
        StreamExecutionEnvironment environment = environment(0);
        environment.enableCheckpointing(100);
        DataStream<DeadLetter> letters = environment
                .fromSource(input("readers"), WatermarkStrategy.noWatermarks(), "input")
                .map(value -> tombstone())
                .returns(DeadLetter.class);
        letters.sinkTo(DeadLetterSink.of(properties(), "missing", "decode"));

        assertThatThrownBy(() -> environment.execute("letters"))
                .hasStackTraceContaining("Topic missing not present in metadata");

        try (Admin admin = Admin.create(properties())) {
            assertThat(admin.listConsumerGroupOffsets("readers")
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .isEmpty();
        }
    }

    @Test
    void shouldStopTheJobForGoodWhenTheQuotaIsExceeded() {
        StreamExecutionEnvironment environment = environment(10);
        starts.set(0);

        assertThatThrownBy(() -> {
                    // Every third record of the partition is bad.
                    environment
                            .fromSequence(1, 1_000)
                            .map(number -> {
                                if (number == 1) {
                                    starts.incrementAndGet();
                                }
                                return letter(3 * number);
                            })
                            .returns(DeadLetter.class)
                            .process(new DeadLetterQuotaCheck(new DeadLetterQuota(0.1, 1_000, 100)))
                            .sinkTo(new DiscardingSink<>());
                    environment.execute("quota");
                })
                .rootCause()
                .hasMessageContaining("34 of the last 102 records could not become samples (33.3 %; limit 10.0 %)")
                .hasMessageContaining("EMPTY                  34  last: clicks-0@105: empty");
        assertThat(starts).hasValue(1);
    }

    private static DeadLetter letter(long offset) {
        return new DeadLetter("clicks", 0, offset, 2, "EMPTY", "empty", null, null, 0, new String[0], new byte[0][]);
    }

    private static DeadLetter tombstone() {
        return new DeadLetter("clicks", 0, 1, 2, "TOMBSTONE", "no value", null, null, 0, new String[0], new byte[0][]);
    }

    private static KafkaSource<String> input(String group) {
        return KafkaSource.<String>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setTopics("input")
                .setGroupId(group)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setValueOnlyDeserializer(new SimpleStringSchema())
                .build();
    }

    private static void produce(String topic, int count) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                var unused = producer.send(new ProducerRecord<>(topic, new byte[] {(byte) i}));
            }
        }
    }

    private static Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
        properties.setProperty("max.block.ms", "1000");
        return properties;
    }

    private static StreamExecutionEnvironment environment(int restarts) {
        Configuration options = new Configuration();
        options.setString("pipeline.generic-types", "false");
        options.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        options.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, restarts);
        options.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ZERO);
        return StreamExecutionEnvironment.getExecutionEnvironment(options).setParallelism(1);
    }

    private static @Nullable String text(Header header) {
        return header.value() == null ? null : new String(header.value(), UTF_8);
    }
}
