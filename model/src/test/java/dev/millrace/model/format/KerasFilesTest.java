package dev.millrace.model.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.spec.ModelSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that Keras 3.15.1 wrote by {@code src/test/python/write_keras.py}, with what it made of some inputs. */
class KerasFilesTest {
    /** float32 sums in another order; outputs are of the order of 1. */
    private static final float TOLERANCE = 2e-6f;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void unpack() throws IOException {
        try (InputStream in = Objects.requireNonNull(KerasFilesTest.class.getResourceAsStream("/keras-3.15.1.zip"));
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Files.copy(zip, directory.resolve(entry.getName()));
            }
        }
    }

    private static ModelSpec model(String name) {
        return ModelSpec.fromYaml(
                switch (name) {
                    case "image" ->
                        "{inputs: [7, 6, 2], layers: [conv2d: {filters: 3, kernel_size: 3, activation: tanh},"
                                + " max_pooling2d: {}, depthwise_conv2d: {kernel_size: 2, depth_multiplier: 2,"
                                + " padding: same}, layer_normalization: {}, flatten: {}, dropout: {rate: 0.2},"
                                + " dense: {units: 4, activation: relu}, dense: {units: 3, activation: softmax}],"
                                + " loss: categorical_crossentropy}";
                    case "ids" ->
                        "{inputs: 5, layers: [embedding: {input_dim: 9, output_dim: 4}, lstm: {units: 3,"
                                + " return_sequences: true}, lstm: {units: 2}, dense: {units: 1, activation: sigmoid}],"
                                + " loss: binary_crossentropy}";
                    case "attention" ->
                        "{inputs: [6, 3], layers: [self_attention: {num_heads: 2, key_dim: 4},"
                                + " global_average_pooling1d: {}, dense: {units: 3, activation: softmax}],"
                                + " loss: categorical_crossentropy}";
                    case "normalized" ->
                        "{inputs: 4, layers: [normalization, dense: {units: 2}], loss: mean_squared_error}";
                    case "branches" ->
                        "{inputs: 4, layers: [add: {branches: [{layers: [dense: {name: left, units: 3,"
                                + " activation: relu}]}, {layers: [dense: {name: right, units: 3}]}]},"
                                + " dense: {name: top, units: 1}], loss: mean_squared_error}";
                    default -> throw new IllegalArgumentException(name);
                });
    }

    static Stream<Arguments> files() {
        return Stream.of("image", "ids", "attention", "normalized", "branches")
                .flatMap(name ->
                        Stream.of(".h5", ".weights.h5", ".keras").map(ending -> Arguments.of(name, name + ending)));
    }

    private static float[] values(JsonNode list) {
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) values[i] = list.get(i).floatValue();
        return values;
    }

    @ParameterizedTest
    @MethodSource("files")
    void giveTheirPredictions(String name, String file) throws IOException {
        ModelSpec spec = model(name);
        JsonNode expected =
                new ObjectMapper().readTree(directory.resolve(name + ".json").toFile());

        float[] parameters = ParameterFiles.read(directory.resolve(file), spec);

        assertThat(FormatModels.predictions(spec, parameters, values(expected.path("inputs"))))
                .containsExactly(values(expected.path("outputs")), within(TOLERANCE));
    }

    @Test
    void ofAnotherWidthAreRefusedWithLayerAndBothShapes() {
        ModelSpec wider = ModelSpec.fromYaml(
                "{inputs: 4, layers: [normalization, dense: {units: 3}]," + " loss: mean_squared_error}");

        assertThatThrownBy(() -> ParameterFiles.read(directory.resolve("normalized.keras"), wider))
                .hasMessage("layer dense_2 takes a kernel of shape [4, 3] in Keras's layout. Received:"
                        + " layers/dense/vars/0 [4, 2]");
    }

    @Test
    void ofOtherLayersAreRefusedWithTheLayersOfBoth() {
        ModelSpec other = ModelSpec.fromYaml(
                "{inputs: 4, layers: [layer_normalization, dense: {units: 2}]," + " loss: mean_squared_error}");

        assertThatThrownBy(() -> ParameterFiles.read(directory.resolve("normalized.h5"), other))
                .hasMessageStartingWith("the file's layers are of other kinds. The model's: layer_normalization_1,"
                        + " layer_normalization (layer_normalization_1/gamma [4], layer_normalization_1/beta [4]);")
                .hasMessageContaining("Received: normalization (model_weights/normalization/normalization/mean [4]");
    }

    @Test
    void branchesOfOtherNamesAreNotGuessed() {
        ModelSpec unnamed = ModelSpec.fromYaml("{inputs: 4, layers: [add: {branches: [{layers: [dense: {units: 3,"
                + " activation: relu}]}, {layers: [dense: {units: 3}]}]}, dense: {units: 1}],"
                + " loss: mean_squared_error}");

        for (String ending : new String[] {".h5", ".weights.h5", ".keras"}) {
            assertThatThrownBy(() -> ParameterFiles.read(directory.resolve("branches" + ending), unnamed))
                    .hasMessageStartingWith(
                            "the file's layers are of other names, and branches are told apart by nothing else.");
        }
    }

    @Test
    void layersThatKerasHasNotAreNamed() {
        ModelSpec spec = ModelSpec.fromYaml("{inputs: 4, layers: [sparse_linear: {input_dim: 3, units: 2},"
                + " dense: {units: 2}], loss: mean_squared_error}");

        assertThatThrownBy(() -> ParameterFiles.read(directory.resolve("normalized.h5"), spec))
                .hasMessage("layer sparse_linear_1, sparse_linear, has no equivalent in Keras");
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        for (String file : new String[] {"ids.h5", "ids.weights.h5", "ids.keras"}) {
            byte[] bytes = Files.readAllBytes(directory.resolve(file));
            for (int length = 0; length < bytes.length - 2000; length += 1777) {
                Path cut = directory.resolve("cut-" + file);
                Files.write(cut, Arrays.copyOf(bytes, length));
                assertThatThrownBy(() -> ParameterFiles.read(cut, model("ids")))
                        .as("%s of %d bytes", file, length)
                        .satisfiesAnyOf(
                                e -> assertThat(e).isInstanceOf(SnapshotException.class),
                                e -> assertThat(e).isInstanceOf(IOException.class));
            }
        }
    }
}
