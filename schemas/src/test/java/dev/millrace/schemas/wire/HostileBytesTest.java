package dev.millrace.schemas.wire;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever arrives, the decoder answers: a sample or a rejection, at no cost that the sender chooses. */
@Timeout(60)
class HostileBytesTest {
    private static final SampleLimits LIMITS = new SampleLimits(1 << 20);

    private final SampleDecoder decoder = new SampleDecoder(WireFormat.RAW, SchemaCatalog.builtIn(), LIMITS);
    private final DecodedSample sample = new DecodedSample();

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void shouldNeverThrowAtRandomBytes(WireFormat wire) {
        SampleDecoder any = new SampleDecoder(wire, SchemaCatalog.builtIn(), LIMITS);
        long seed = 20_240_607;
        Random random = new Random(seed);

        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(96)];
            random.nextBytes(bytes);

            assertThatCode(() -> any.decode(bytes, sample))
                    .as("seed %d, array %d: %s", seed, i, Arrays.toString(bytes))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void shouldNeverThrowAtACorruptedByte() {
        byte[] valid = AvroBytes.sample(s -> {});

        for (int at = 0; at < valid.length; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] bytes = valid.clone();
                bytes[at] = (byte) value;

                assertThatCode(() -> decoder.decode(bytes, sample))
                        .as("byte %d set to %d", at, value)
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void shouldRefuseEveryTruncation() {
        byte[] valid = AvroBytes.sample(s -> {});
        assertThat(decoder.decode(valid, sample)).isNull();

        for (int length = 1; length < valid.length; length++) {
            Rejection rejection = decoder.decode(Arrays.copyOf(valid, length), sample);

            requireNonNull(rejection);
            assertThat(rejection.reason()).isEqualTo(RejectionReason.MALFORMED);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {2_000_000_000L, -4, Long.MIN_VALUE, Long.MAX_VALUE})
    void shouldNotBelieveTheClaimedLengthOfTheFeatures(long length) {
        ByteArrayOutputStream bytes = untilFeatures();
        AvroBytes.number(bytes, length);

        Rejection rejection = decoder.decode(bytes.toByteArray(), sample);

        requireNonNull(rejection);
        assertThat(rejection.reason()).isEqualTo(RejectionReason.MALFORMED);
        assertThat(rejection.detail()).contains("Received: " + length);
        assertThat(sample.dense).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {500_000_000L, -500_000_000L, Long.MIN_VALUE, Long.MAX_VALUE})
    void shouldNotBelieveTheClaimedItemsOfABlock(long items) {
        ByteArrayOutputStream bytes = untilFeatures();
        AvroBytes.number(bytes, 0);
        AvroBytes.number(bytes, items);
        AvroBytes.number(bytes, 0);

        Rejection rejection = decoder.decode(bytes.toByteArray(), sample);

        requireNonNull(rejection);
        assertThat(rejection.reason()).isEqualTo(RejectionReason.MALFORMED);
        assertThat(sample.sparseIndices).isEmpty();
    }

    @Test
    void shouldNotBelieveClaimedLengthsUnderAnotherWritersSchema(@TempDir Path directory) {
        Schema other = new Schema.Parser()
                .parse(AvroBytes.OWN
                        .toString()
                        .replace("\"name\":\"tokens\"", "\"name\":\"tokens\",\"order\":\"ignore\""));
        SchemaCatalog schemas = AvroBytes.catalog(directory, 9, other);
        SampleDecoder resolving = new SampleDecoder(WireFormat.CONFLUENT, schemas, LIMITS);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {0, 0, 0, 0, 9});
        bytes.writeBytes(untilFeatures().toByteArray());
        AvroBytes.number(bytes, 2_000_000_000L);

        Rejection rejection = resolving.decode(bytes.toByteArray(), sample);

        requireNonNull(rejection);
        assertThat(rejection.reason()).isEqualTo(RejectionReason.MALFORMED);
    }

    /** No id, time 0, weight 0: the length of the features is next. */
    private static ByteArrayOutputStream untilFeatures() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {0, 0, 0, 0, 0, 0});
        return bytes;
    }
}
