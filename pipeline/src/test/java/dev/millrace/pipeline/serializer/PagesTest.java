package dev.millrace.pipeline.serializer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {

    private static byte[] drawn(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }

    /** Pages of 256 bytes, 512 and so on to 1 MiB: lengths at their ends and between. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 256, 257, 768, 769, 1_000_000, 3_500_000})
    void whatWasWrittenIsRead(int length) throws IOException {
        byte[] bytes = drawn(length);
        Pages pages = new Pages();
        for (int at = 0; at < length; at += 1_013) pages.write(bytes, at, Math.min(1_013, length - at));

        InputStream in = pages.read();

        assertThat(in.readNBytes(length)).isEqualTo(bytes);
        assertThat(in.read()).isEqualTo(-1);
        assertThat(in.read(new byte[3], 0, 3)).isEqualTo(-1);
    }

    @Test
    void aByteAtATimeIsTheSame() throws IOException {
        byte[] bytes = drawn(2_000);
        Pages pages = new Pages();
        for (byte b : bytes) pages.write(b);

        byte[] read = new byte[bytes.length];
        InputStream in = pages.read();
        for (int i = 0; i < read.length; i++) read[i] = (byte) in.read();

        assertThat(read).isEqualTo(bytes);
        assertThat(in.read()).isEqualTo(-1);
    }
}
