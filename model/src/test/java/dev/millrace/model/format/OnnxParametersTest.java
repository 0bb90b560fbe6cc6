package dev.millrace.model.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.spec.ModelSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was exported comes back, bit for bit; what does not fit is named. */
class OnnxParametersTest {
    @TempDir
    private Path directory;

    static Stream<ModelSpec> models() {
        return FormatModels.all();
    }

    private Path written(ModelSpec spec, float[] parameters) throws IOException {
        return Files.write(directory.resolve("model.onnx"), OnnxExportTest.exported(spec, parameters));
    }

    @ParameterizedTest
    @MethodSource("models")
    void comeBackFromAnExport(ModelSpec spec) throws IOException {
        float[] parameters = FormatModels.parameters(spec, 9);

        assertThat(ParameterFiles.read(written(spec, parameters), spec)).containsExactly(parameters);
    }

    @Test
    void ofAnotherWidthAreRefusedWithLayerAndBothShapes() throws IOException {
        ModelSpec spec = ModelSpec.fromYaml(
                "{inputs: [5, 5, 1], layers: [conv2d: {filters: 2, kernel_size: 3}, flatten, dense: {units: 2}],"
                        + " loss: mean_squared_error}");
        ModelSpec more = ModelSpec.fromYaml(
                "{inputs: [5, 5, 1], layers: [conv2d: {filters: 4, kernel_size: 3}, flatten, dense: {units: 2}],"
                        + " loss: mean_squared_error}");
        Path file = written(spec, FormatModels.parameters(spec, 9));

        assertThatThrownBy(() -> ParameterFiles.read(file, more))
                .hasMessage("layer conv2d_1 takes a kernel of shape [4, 1, 3, 3] in ONNX's layout. Received:"
                        + " conv2d_1/kernel [2, 1, 3, 3]");
    }

    @Test
    void ofOtherLayersAreRefused() throws IOException {
        ModelSpec spec = ModelSpec.fromYaml("{inputs: 5, layers: [embedding_bag: {input_dim: 9, output_dim: 4},"
                + " dense: {units: 2}], loss: mean_squared_error}");
        ModelSpec other = ModelSpec.fromYaml("{inputs: 5, layers: [sparse_linear: {input_dim: 9, units: 4},"
                + " dense: {units: 2}], loss: mean_squared_error}");
        Path file = written(spec, FormatModels.parameters(spec, 9));

        assertThatThrownBy(() -> ParameterFiles.read(file, other))
                .hasMessageStartingWith("the file's layers are of other kinds.")
                .hasMessageContaining("Received: embedding_bag_1, embedding (embedding_bag_1/embeddings [9, 4])");
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        ModelSpec spec = models().findFirst().orElseThrow();
        byte[] bytes = OnnxExportTest.exported(spec, FormatModels.parameters(spec, 9));
        Path file = directory.resolve("cut.onnx");
        for (int length = 0; length < bytes.length - 200; length += 37) {
            Files.write(file, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> ParameterFiles.read(file, spec))
                    .as("%d bytes", length)
                    .isInstanceOf(SnapshotException.class);
        }
    }

    @Test
    void flippedBitsAreRefusedOrAreOtherNumbers() throws IOException {
        ModelSpec spec = models().skip(30).findFirst().orElseThrow();
        byte[] bytes = OnnxExportTest.exported(spec, FormatModels.parameters(spec, 9));
        Path file = directory.resolve("flipped.onnx");
        for (int at = 0; at < bytes.length; at += 11) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            Files.write(file, flipped);
            try {
                assertThat(ParameterFiles.read(file, spec))
                        .hasSize(spec.layout().size());
            } catch (SnapshotException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void thatAreNotFiniteAreRefused() throws IOException {
        ModelSpec spec = ModelSpec.fromYaml("{inputs: 1, layers: [dense: {units: 2}], loss: mean_squared_error}");
        Path file = directory.resolve("model.safetensors");
        try (OutputStream out = Files.newOutputStream(file)) {
            Safetensors.write(spec.layout(), new float[] {1, 2, 3, Float.NaN}, Map.of(), out);
        }

        assertThatThrownBy(() -> ParameterFiles.read(file, spec))
                .hasMessage("tensor dense_1/bias must be finite. Received: NaN at 1");
    }
}
