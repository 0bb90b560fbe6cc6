package dev.millrace.schemas.wire;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleDecoderTest {
    private static final SampleLimits LIMITS = new SampleLimits(4096);

    private final SampleDecoder decoder = new SampleDecoder(WireFormat.RAW, SchemaCatalog.builtIn(), LIMITS);
    private final DecodedSample sample = new DecodedSample();

    @Test
    void shouldReadEveryFieldThatAvroWrote() {
        assertThat(decoder.decode(AvroBytes.sample(s -> {}), sample)).isNull();

        assertThat(new String(sample.id, 0, sample.idLength, StandardCharsets.UTF_8))
                .isEqualTo("user-7é");
        assertThat(sample.eventTime).isEqualTo(1_700_000_000_123L);
        assertThat(sample.weight).isEqualTo(0.5f);
        assertThat(Arrays.copyOf(sample.dense, sample.denseCount)).containsExactly(1.5f, -2.25f, 3e-20f);
        assertThat(Arrays.copyOf(sample.sparseIndices, sample.sparseCount)).containsExactly(7, 0, 1_000_000);
        assertThat(Arrays.copyOf(sample.sparseValues, sample.sparseCount)).containsExactly(0.5f, 1f, -4f);
        assertThat(Arrays.copyOf(sample.tokens, sample.tokenCount)).containsExactly(3, 1, 2);
        assertThat(Arrays.copyOf(sample.labels, sample.labelCount)).containsExactly(1f, 0f);
    }

    @Test
    void shouldLeaveNothingOfTheSampleBefore() {
        decoder.decode(AvroBytes.sample(s -> {}), sample);

        decoder.decode(
                new SampleEncoder(WireFormat.RAW, 0).encode(null, 5, 1, new float[0], 0, new float[0], 0), sample);

        assertThat(sample.idLength).isEqualTo(-1);
        assertThat(sample.denseCount + sample.sparseCount + sample.tokenCount + sample.labelCount)
                .isZero();
    }

    @Test
    void shouldTellEmptyFromAbsentFromTooLarge() {
        refused(null, RejectionReason.TOMBSTONE);
        refused(new byte[0], RejectionReason.EMPTY);
        refused(new byte[4097], RejectionReason.TOO_LARGE);
    }

    @Test
    void shouldRefuseBytesAfterTheSample() {
        byte[] valid = AvroBytes.sample(s -> {});

        Rejection rejection = refused(Arrays.copyOf(valid, valid.length + 3), RejectionReason.TRAILING_BYTES);

        assertThat(rejection.detail()).startsWith("3 bytes");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void shouldNameTheValueThatIsNotFinite(float bad) {
        Rejection dense =
                refused(AvroBytes.sample(s -> s.put("dense", AvroBytes.packed(1, bad))), RejectionReason.NOT_FINITE);
        Rejection sparse = refused(
                AvroBytes.sample(s -> s.put("sparseValues", AvroBytes.packed(bad, 1, 1))), RejectionReason.NOT_FINITE);
        Rejection label =
                refused(AvroBytes.sample(s -> s.put("labels", List.of(0f, 1f, bad))), RejectionReason.NOT_FINITE);

        assertThat(dense.detail()).isEqualTo("dense[1] must be finite. Received: " + bad);
        assertThat(sparse.detail()).startsWith("sparseValues[0]");
        assertThat(label.detail()).startsWith("labels[2]");
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, Float.NaN, Float.POSITIVE_INFINITY})
    void shouldRefuseAWeightThatIsNoWeight(float weight) {
        refused(AvroBytes.sample(s -> s.put("weight", weight)), RejectionReason.BAD_WEIGHT);
    }

    @Test
    void shouldTakeAWeightOfZero() {
        assertThat(decoder.decode(AvroBytes.sample(s -> s.put("weight", 0f)), sample))
                .isNull();
    }

    @Test
    void shouldRefuseSparseIndicesThatAreNegativeOrTwice() {
        Rejection twice = refused(
                AvroBytes.sample(s -> s.put("sparseIndices", List.of(4, 9, 4))), RejectionReason.WRONG_FEATURES);
        refused(AvroBytes.sample(s -> s.put("sparseIndices", List.of(-1, 0, 1))), RejectionReason.WRONG_FEATURES);

        assertThat(twice.detail()).contains("twice: 4");
    }

    @Test
    void shouldRefuseSparseValuesThatDoNotMatchTheirIndices() {
        refused(AvroBytes.sample(s -> s.put("sparseIndices", List.of(1))), RejectionReason.MALFORMED);
    }

    @Test
    void shouldRefuseASchemaThatNobodyKnows() {
        byte[] body = AvroBytes.sample(s -> {});
        for (WireFormat wire : List.of(WireFormat.CONFLUENT, WireFormat.SINGLE_OBJECT)) {
            Rejection rejection = new SampleDecoder(wire, SchemaCatalog.builtIn(), LIMITS).decode(body, sample);

            requireNonNull(rejection);
            assertThat(rejection.reason()).isEqualTo(RejectionReason.UNKNOWN_SCHEMA);
        }
    }

    @Test
    void shouldReadWriterSchemasThatAddedAndRemovedFields(@TempDir Path directory) {
        Schema other = new Schema.Parser().parse("""
                {"type": "record", "name": "LabeledSample", "namespace": "dev.millrace.schemas", "fields": [
                  {"name": "eventTime", "type": "long"},
                  {"name": "country", "type": "string"},
                  {"name": "dense", "type": "bytes"},
                  {"name": "labels", "type": {"type": "array", "items": "float"}}]}""");
        GenericRecord written = new GenericData.Record(other);
        written.put("eventTime", 42L);
        written.put("country", "NZ");
        written.put("dense", AvroBytes.packed(1, 2));
        written.put("labels", List.of(3f));
        byte[] body = AvroBytes.write(other, written);
        byte[] framed = new byte[5 + body.length];
        framed[4] = 77;
        System.arraycopy(body, 0, framed, 5, body.length);
        SampleDecoder resolving =
                new SampleDecoder(WireFormat.CONFLUENT, AvroBytes.catalog(directory, 77, other), LIMITS);

        assertThat(resolving.decode(framed, sample)).isNull();

        assertThat(Arrays.copyOf(sample.dense, sample.denseCount)).containsExactly(1f, 2f);
        assertThat(Arrays.copyOf(sample.labels, sample.labelCount)).containsExactly(3f);
        assertThat(sample.weight)
                .as("default of the field that this writer lacks")
                .isEqualTo(1f);
        assertThat(sample.eventTime).isEqualTo(42);
        Rejection trailing = resolving.decode(Arrays.copyOf(framed, framed.length + 1), sample);
        requireNonNull(trailing);
        assertThat(trailing.reason()).isEqualTo(RejectionReason.TRAILING_BYTES);
    }

    private Rejection refused(byte @Nullable [] bytes, RejectionReason reason) {
        Rejection rejection = decoder.decode(bytes, sample);
        requireNonNull(rejection);
        assertThat(rejection.reason()).isEqualTo(reason);
        return rejection;
    }
}
