package dev.millrace.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.TrainingReport;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
