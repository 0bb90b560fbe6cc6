package dev.millrace.pipeline.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.FeatureSpec;
import dev.millrace.pipeline.config.RegistryConfig;
import dev.millrace.pipeline.registry.RegistryException;
import dev.millrace.pipeline.registry.TestRegistry;
import dev.millrace.schemas.wire.DecodedSample;
import dev.millrace.schemas.wire.Rejection;
import dev.millrace.schemas.wire.RejectionReason;
import dev.millrace.schemas.wire.SampleDecoder;
import dev.millrace.schemas.wire.SampleLimits;
import dev.millrace.schemas.wire.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MappedRecordsTest {
    private static final Schema OWN = bid(
            "{\"name\":\"price\",\"type\":\"double\",\"aliases\":[\"amount\"]}",
            "{\"name\":\"country\",\"type\":\"string\",\"default\":\"??\"}",
            "{\"name\":\"won\",\"type\":\"boolean\"}",
            "{\"name\":\"unused\",\"type\":\"string\"}");
    private static final FeatureMapping MAPPING = FeatureMapping.of(
            FeatureSpec.of(Map.of(
                    "inputs",
                    List.of(
                            Map.of("numeric", Map.of("field", "price")),
                            Map.of("categorical", Map.of("field", "country", "vocabulary", List.of("DE")))),
                    "label",
                    Map.of("field", "won"))),
            OWN);

    private final DecodedSample sample = new DecodedSample();

    private static Schema bid(String... fields) {
        return new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"Bid\",\"fields\":[" + String.join(",", fields) + "]}");
    }

    private static byte[] body(Schema schema, Object... values) throws IOException {
        GenericRecord record = new GenericData.Record(schema);
        for (int i = 0; i < values.length; i++) record.put(i, values[i]);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private static byte[] confluent(int id, byte[] body) {
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) 0)
                .putInt(id)
                .put(body)
                .array();
    }

    private static RecordDecoder decoder(WireFormat wire, SchemaSources sources) {
        return new MappedRecordDecoder(wire, sources.open(OWN), OWN, MAPPING, new SampleLimits(10_000));
    }

    private static SchemaSources registry(TestRegistry registry) {
        return new SchemaSources(
                null, new RegistryConfig(registry.url(), null, null, null, Duration.ofSeconds(5), 0, null, null));
    }

    private void becomes(RecordDecoder decoder, byte[] value, float... expected) {
        assertThat(decoder.decode(value, 5, sample)).isNull();
        assertThat(Arrays.copyOf(sample.dense, sample.denseCount)).containsExactly(expected);
        assertThat(sample.labels[0]).isEqualTo(1);
        assertThat(sample.eventTime).isEqualTo(5);
    }

    private static void refused(@Nullable Rejection rejection, RejectionReason reason, String detail) {
        assertThat(Objects.requireNonNull(rejection).reason()).isEqualTo(reason);
        assertThat(rejection.detail()).contains(detail);
    }

    @Test
    void oneDecoderFollowsTheWritersAsFieldsComeGoMoveAndAreRenamed() throws IOException {
        Schema added = bid(
                "{\"name\":\"price\",\"type\":\"double\"}",
                "{\"name\":\"color\",\"type\":\"string\"}",
                "{\"name\":\"country\",\"type\":\"string\"}",
                "{\"name\":\"won\",\"type\":\"boolean\"}");
        Schema removed = bid("{\"name\":\"price\",\"type\":\"double\"}", "{\"name\":\"won\",\"type\":\"boolean\"}");
        Schema moved = bid(
                "{\"name\":\"won\",\"type\":\"boolean\"}",
                "{\"name\":\"country\",\"type\":\"string\"}",
                "{\"name\":\"price\",\"type\":\"float\"}");
        Schema renamed = bid("{\"name\":\"amount\",\"type\":\"int\"}", "{\"name\":\"won\",\"type\":\"boolean\"}");
        Schema without = bid("{\"name\":\"won\",\"type\":\"boolean\"}");
        try (TestRegistry registry = new TestRegistry()) {
            int id = 1;
            for (Schema schema : List.of(OWN, added, removed, moved, renamed, without)) {
                registry.register(id++, schema.toString());
            }
            RecordDecoder decoder = decoder(WireFormat.CONFLUENT, registry(registry));
            byte[] first = confluent(1, body(OWN, 1.5, "DE", true, "x"));

            becomes(decoder, first, 1.5f, 1, 0);
            becomes(decoder, confluent(2, body(added, 2.5, "red", "DE", true)), 2.5f, 1, 0);
            becomes(decoder, confluent(3, body(removed, 3.5, true)), 3.5f, 0, 1);
            becomes(decoder, confluent(4, body(moved, true, "DE", 4.5f)), 4.5f, 1, 0);
            becomes(decoder, confluent(5, body(renamed, 6, true)), 6, 0, 1);
            becomes(decoder, first, 1.5f, 1, 0);
            refused(
                    decoder.decode(confluent(6, body(without, true)), 5, sample),
                    RejectionReason.MALFORMED,
                    "missing required field price");
            refused(
                    decoder.decode(confluent(99, new byte[9]), 5, sample),
                    RejectionReason.UNKNOWN_SCHEMA,
                    "schema id 99 is unknown");
            assertThat(registry.requests).hasSize(7);
        }
    }

    @Test
    void aRegistryThatRefusesIsNoFaultOfTheRecord() throws IOException {
        try (TestRegistry registry = new TestRegistry()) {
            registry.failWith(403);
            RecordDecoder decoder = decoder(WireFormat.CONFLUENT, registry(registry));

            assertThatThrownBy(() -> decoder.decode(confluent(1, new byte[9]), 5, sample))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("status 403");
        }
    }

    @Test
    void anIdThatStandsForNoAvroSchemaIsAFaultOfTheRecordAndReadingGoesOn() throws IOException {
        try (TestRegistry registry = new TestRegistry().register(1, OWN.toString())) {
            registry.put("/schemas/ids/2", Map.of("schema", "message Bid {}", "schemaType", "PROTOBUF"));
            RecordDecoder mapped = decoder(WireFormat.CONFLUENT, registry(registry));
            SampleDecoder shipped =
                    new SampleDecoder(WireFormat.CONFLUENT, registry(registry).open(null), new SampleLimits(10_000));

            refused(
                    mapped.decode(confluent(2, new byte[0]), 5, sample),
                    RejectionReason.UNKNOWN_SCHEMA,
                    "schema id 2 cannot be used: it must be of type AVRO. Received: PROTOBUF");
            refused(
                    shipped.decode(confluent(2, new byte[0]), sample),
                    RejectionReason.UNKNOWN_SCHEMA,
                    "schema id 2 cannot be used: it must be of type AVRO. Received: PROTOBUF");
            becomes(mapped, confluent(1, body(OWN, 1.5, "DE", true, "x")), 1.5f, 1, 0);
        }
    }

    @Test
    void recordsWithoutHeaderHaveTheUsersSchemaAndWithAFingerprintThatOfADirectory(@TempDir Path directory)
            throws IOException {
        Schema removed = bid("{\"name\":\"price\",\"type\":\"double\"}", "{\"name\":\"won\",\"type\":\"boolean\"}");
        Files.writeString(directory.resolve("old.avsc"), removed.toString());
        byte[] body = body(removed, 3.5, true);
        byte[] framed = ByteBuffer.allocate(10 + body.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xC3)
                .put((byte) 1)
                .putLong(SchemaNormalization.parsingFingerprint64(removed))
                .put(body)
                .array();

        becomes(decoder(WireFormat.RAW, new SchemaSources(null, null)), body(OWN, 1.5, "DE", true, "x"), 1.5f, 1, 0);
        becomes(decoder(WireFormat.SINGLE_OBJECT, new SchemaSources(directory.toString(), null)), framed, 3.5f, 0, 1);
    }

    @Test
    void whateverBytesComeTheAnswerIsASampleOrAReason() throws IOException {
        RecordDecoder decoder = decoder(WireFormat.RAW, new SchemaSources(null, null));
        byte[] good = body(OWN, 1.5, "DE", true, "x");

        refused(decoder.decode(null, 5, sample), RejectionReason.TOMBSTONE, "no value");
        refused(decoder.decode(new byte[0], 5, sample), RejectionReason.EMPTY, "empty");
        refused(decoder.decode(new byte[10_001], 5, sample), RejectionReason.TOO_LARGE, "10000 bytes. Received: 10001");
        refused(
                decoder.decode(Arrays.copyOf(good, good.length + 3), 5, sample),
                RejectionReason.TRAILING_BYTES,
                "bytes follow");
        for (int length = 1; length < good.length; length++) {
            assertThat(decoder.decode(Arrays.copyOf(good, length), 5, sample)).isNotNull();
        }
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(64)];
            random.nextBytes(bytes);
            Rejection unused = decoder.decode(bytes, 5, sample); // must not throw
        }
        becomes(decoder, good, 1.5f, 1, 0);
    }
}
