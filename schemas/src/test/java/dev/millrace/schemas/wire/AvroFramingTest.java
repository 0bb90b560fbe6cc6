package dev.millrace.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.TrainingReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

class AvroFramingTest {
    private final AvroFraming<DeadLetter> framing = new AvroFraming<>(DeadLetter.class);
    private final DeadLetter letter = DeadLetter.newBuilder()
            .setTopic("clicks")
            .setOffset(12)
            .setReason("MALFORMED")
            .setValue(ByteBuffer.wrap(new byte[] {1, 2}))
            .build();

    @Test
    void shouldReadWhatItWrote() {
        byte[] bytes = framing.encode(letter);

        assertThat(framing.decode(bytes)).isEqualTo(letter);
    }

    @Test
    void shouldReadAManifestOfVersionOneWithTheDefaultsOfWhatItLacked() throws IOException {
        Schema released;
        try (InputStream in = AvroFraming.class.getResourceAsStream("/dev/millrace/schemas/v1/ModelManifest.avsc")) {
            released = new Schema.Parser().parse(in);
        }
        GenericRecord record = new GenericData.Record(released);
        record.put("model", "ctr");
        record.put("version", 7L);
        record.put("parts", 1);
        record.put("manifest", "{}");
        record.put("aliases", Map.of());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(WireFormat.SINGLE_OBJECT.header(0, released));
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(released).write(record, encoder);
        encoder.flush();

        ModelManifest read = new AvroFraming<>(ModelManifest.class).decode(out.toByteArray());

        assertThat(read.getVersion()).isEqualTo(7);
        assertThat(read.getRevision()).isZero();
        assertThat(read.getPreviousChampion()).isNull();
    }

    @Test
    void shouldRefuseARecordOfAnotherSchema() {
        AvroFraming<TrainingReport> reports = new AvroFraming<>(TrainingReport.class);

        assertThatThrownBy(() -> reports.decode(framing.encode(letter)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("TrainingReport");
    }

    @Test
    void shouldRefuseEveryTruncationAndWhatFollows() {
        byte[] bytes = framing.encode(letter);

        for (int length = 0; length <= bytes.length + 1; length++) {
            if (length == bytes.length) continue;
            byte[] wrong = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> framing.decode(wrong))
                    .as("%d of %d bytes", length, bytes.length)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
