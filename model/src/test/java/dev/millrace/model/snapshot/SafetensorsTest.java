package dev.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.ParameterLayout;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    private static final ParameterLayout SMALL = Models.SMALL.layout();
    private static final ParameterLayout ONE = Models.linear(3).layout(); // out/kernel [1, 3], out/bias [1]
    private static final String KERNEL =
            "\"out/kernel\": {\"dtype\": \"F32\", \"shape\": [1, 3], \"data_offsets\": [0, 12]}";
    private static final String BIAS = "\"out/bias\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [12, 16]}";

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 16_383, 16_384, 50_000})
    void whatWasWrittenIsReadBitForBit(int inputs) throws IOException {
        ParameterLayout layout = Models.linear(inputs).layout();
        float[] parameters = Models.ramp(inputs + 1);
        parameters[0] = -0f;
        parameters[1] = Float.MIN_VALUE;

        float[] read = read(layout, written(layout, parameters));

        assertThat(read).containsExactly(parameters);
    }

    @Test
    void theFileIsAHeaderOfAMultipleOf8BytesAndTheValues() throws IOException {
        byte[] file = written(SMALL, Models.ramp(11));

        long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        String json = new String(file, 8, (int) header, StandardCharsets.UTF_8);

        assertThat(header % 8).isZero();
        assertThat(file).hasSize((int) (8 + header + 44));
        assertThat(json)
                .startsWith("{\"__metadata__\":{\"a\":\"b\"},\"hidden/kernel\":{\"dtype\":\"F32\",\"shape\":[2,3],")
                .contains("\"out/bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[40,44]}");
    }

    @Test
    void byNameTheTensorsMayLieInAnyOrder() throws IOException {
        String bias = BIAS.replace("[12, 16]", "[0, 4]");
        String kernel = KERNEL.replace("[0, 12]", "[4, 16]");
        byte[] file = file("{" + kernel + ", " + bias + "}", 16);
        ByteBuffer values = ByteBuffer.wrap(file, file.length - 16, 16).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : new float[] {9, 1, 2, 3}) values.putFloat(value);

        assertThat(Safetensors.readByName(ONE, new ByteArrayInputStream(file))).containsExactly(1, 2, 3, 9);
    }

    @Test
    void byNameATensorOfAnotherTypeOrPlaceIsRefused() {
        String half = KERNEL.replace("F32", "F16");
        String apart = BIAS.replace("[12, 16]", "[20, 24]");

        assertThatThrownBy(() ->
                        Safetensors.readByName(ONE, new ByteArrayInputStream(file("{" + half + ", " + BIAS + "}", 16))))
                .hasMessageStartingWith("tensor out/kernel must be F32 of shape [1, 3]. Received: ");
        assertThatThrownBy(() -> Safetensors.readByName(
                        ONE, new ByteArrayInputStream(file("{" + KERNEL + ", " + apart + "}", 24))))
                .hasMessage("tensor out/bias must begin at byte 12 of the data, behind the one before. Received: 20");
    }

    @Test
    void aHandWrittenFileIsReadInAnyOrderOfNames() throws IOException {
        byte[] file = file("{" + BIAS + ", " + KERNEL + "}   ", 16);

        assertThat(read(ONE, file)).containsExactly(0, 0, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 0, 1, (100L << 20) + 1})
    void aHeaderLengthOutOfBoundsIsRefusedBeforeAllocation(long length) {
        byte[] file = ByteBuffer.allocate(64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .array();

        assertThatThrownBy(() -> read(ONE, file))
                .isInstanceOf(SnapshotException.class)
                .hasMessage("safetensors header must have 2..104857600 bytes. Received: " + length);
    }

    @Test
    void theLargestHeaderOfAShortFileIsRefused() {
        byte[] file = ByteBuffer.allocate(64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(100L << 20)
                .array();

        assertThatThrownBy(() -> read(ONE, file))
                .isInstanceOf(SnapshotException.class)
                .hasMessage("safetensors file ends in its header: 104857600 bytes announced. Received: 56");
    }

    @Test
    void aFileThatEndsAnywhereIsRefused() throws IOException {
        byte[] file = written(SMALL, Models.ramp(11));
        for (int length = 0; length < file.length; length++) {
            byte[] truncated = Arrays.copyOf(file, length);

            assertThatThrownBy(() -> read(SMALL, truncated))
                    .as("%d bytes", length)
                    .isInstanceOf(SnapshotException.class);
        }
    }

    @Test
    void bytesAfterTheLastTensorAreRefused() throws IOException {
        byte[] file = written(SMALL, Models.ramp(11));

        assertThatThrownBy(() -> read(SMALL, Arrays.copyOf(file, file.length + 1)))
                .isInstanceOf(SnapshotException.class)
                .hasMessage("safetensors file goes on after its last tensor");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            overlapping offsets  | [12, 16] | [8, 12]
            a gap                | [12, 16] | [16, 20]
            negative offsets     | [12, 16] | [-4, 0]
            offsets that swap    | [12, 16] | [16, 12]
            overflowing offsets  | [12, 16] | [9223372036854775804, -9223372036854775808]
            offsets beyond long  | [12, 16] | [12, 18446744073709551628]
            a fraction           | [12, 16] | [12.5, 16]
            text for a number    | [12, 16] | ["12", 16]
            one offset           | [12, 16] | [12]
            no offsets           | [12, 16] | null
            a wrong extent       | [1, 3]   | [3, 3]
            a transposed shape   | [1, 3]   | [3, 1]
            a flattened shape    | [1, 3]   | [3]
            a huge shape         | [1, 3]   | [2147483647, 2147483647]
            a shape beyond int   | [1, 3]   | [1, 4294967299]
            a negative extent    | [1, 3]   | [-1, -3]
            another type         | F32      | F64
            another name         | out/bias | out/bios
            an unknown field     | "shape"  | "form"
            """)
    void aTensorThatIsNotTheModelsIsRefused(String name, String right, String wrong) {
        String header = "{" + KERNEL + ", " + BIAS + "}";
        assertThat(header).contains(right);

        assertThatThrownBy(() -> read(ONE, file(header.replace(right, wrong), 16)))
                .isInstanceOf(SnapshotException.class);
    }

    static List<String> noHeaders() {
        return List.of(
                "null",
                "[]",
                "{}",
                "{" + KERNEL + "}",
                "{" + KERNEL + "," + BIAS + "," + BIAS.replace("bias", "more") + "}",
                "{" + KERNEL + "," + BIAS + "," + BIAS + "}",
                "{" + KERNEL + "," + BIAS + "} {}",
                "{" + KERNEL + "," + BIAS,
                "{\"out/kernel\": 7," + BIAS + "}",
                "{\"out/kernel\": null," + BIAS + "}",
                "\u0000\u0000\u0000{\u0000\u0000",
                "[".repeat(100_000));
    }

    @ParameterizedTest
    @MethodSource("noHeaders")
    void aHeaderThatIsNotTheModelsIsRefused(String header) {
        assertThatThrownBy(() -> read(ONE, file(header, 16))).isInstanceOf(SnapshotException.class);
    }

    @Test
    void aShapeOfAnotherModelIsRefusedBeforeItsValuesAreAllocated() {
        ParameterBlock kernel = new ParameterBlock("out/kernel", List.of(1, 2_000_000_000), 0); // 8 GB
        ParameterBlock bias = new ParameterBlock("out/bias", List.of(1), 2_000_000_000);
        ParameterLayout huge = new ParameterLayout(List.of(kernel, bias), List.of());

        assertThatThrownBy(() -> read(huge, file("{" + KERNEL + ", " + BIAS + "}", 16)))
                .isInstanceOf(SnapshotException.class)
                .hasMessageStartingWith("tensor out/kernel must be ");
    }

    @Test
    void writingRefusesTheWrongNumberOfValues() {
        assertThatThrownBy(() -> written(SMALL, new float[10]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the layout has 11 parameters. Received: 10");
    }

    private static byte[] written(ParameterLayout layout, float[] parameters) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Safetensors.write(layout, parameters, Map.of("a", "b"), out);
        return out.toByteArray();
    }

    private static byte[] file(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    private static float[] read(ParameterLayout layout, byte[] file) throws IOException {
        return Safetensors.read(layout, new ByteArrayInputStream(file));
    }
}
