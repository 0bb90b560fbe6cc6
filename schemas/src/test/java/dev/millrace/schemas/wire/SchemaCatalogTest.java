package dev.millrace.schemas.wire;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaCatalogTest {
    @TempDir
    Path directory;

    @Test
    void shouldTakeOurSchemaInOtherWordsForOurs() {
        Schema stripped = new Schema.Parser().parse(SchemaNormalization.toParsingForm(AvroBytes.OWN));

        SchemaCatalog catalog = AvroBytes.catalog(directory, 12, stripped);

        assertThat(catalog.byId(12)).isSameAs(AvroBytes.OWN);
    }

    @Test
    void shouldKnowAFileWithoutNumberByItsFingerprint() throws IOException {
        Schema other = Schema.create(Schema.Type.LONG);
        Files.writeString(directory.resolve("other.avsc"), other.toString());

        SchemaCatalog catalog = SchemaCatalog.fromDirectory(directory);

        assertThat(catalog.byFingerprint(SchemaNormalization.parsingFingerprint64(other)))
                .isEqualTo(other);
    }

    @Test
    void shouldNameEveryFileThatIsNoSchema() throws IOException {
        Files.writeString(directory.resolve("3.avsc"), "{");
        Files.writeString(directory.resolve("4.avsc"), with("{\"type\": \"array\", \"items\": \"null\"}"));

        assertThatThrownBy(() -> SchemaCatalog.fromDirectory(directory))
                .hasMessageContaining("2 unreadable schemas")
                .hasMessageContaining("3.avsc: ")
                .hasMessageContaining("4.avsc: the items of {\"type\":\"array\",\"items\":\"null\"} have no bytes");
    }

    @Test
    void shouldRefuseARecordThatNestsWithoutEnd() {
        Schema recursive = new Schema.Parser().parse(with("[\"null\", \"LabeledSample\"]"));
        SchemaCatalog catalog = AvroBytes.catalog(directory, 5, recursive);
        byte[] nested = new byte[1 << 20];
        Arrays.fill(nested, (byte) 2); // the second branch, again and again
        System.arraycopy(new byte[] {0, 0, 0, 0, 5}, 0, nested, 0, 5);

        Rejection rejection = new SampleDecoder(WireFormat.CONFLUENT, catalog, new SampleLimits(1 << 20))
                .decode(nested, new DecodedSample());

        requireNonNull(rejection);
        assertThat(rejection.reason()).isEqualTo(RejectionReason.MALFORMED);
    }

    @Test
    void shouldNotBelieveClaimedItemsUnderAnotherWritersSchema() {
        Schema other = new Schema.Parser().parse(with("{\"type\": \"array\", \"items\": \"long\"}"));
        SampleDecoder decoder = new SampleDecoder(
                WireFormat.CONFLUENT, AvroBytes.catalog(directory, 6, other), new SampleLimits(1 << 20));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[] {0, 0, 0, 0, 6});
        AvroBytes.number(bytes, 4_000_000_000L);

        Rejection rejection = decoder.decode(bytes.toByteArray(), new DecodedSample());

        requireNonNull(rejection);
        assertThat(rejection.reason()).isEqualTo(RejectionReason.MALFORMED);
    }

    /** A sample after a field of another type. */
    private static String with(String type) {
        return """
                {"type": "record", "name": "LabeledSample", "namespace": "dev.millrace.schemas", "fields": [
                  {"name": "first", "type": %s},
                  {"name": "eventTime", "type": "long"},
                  {"name": "labels", "type": {"type": "array", "items": "float"}}]}""".formatted(type);
    }
}
