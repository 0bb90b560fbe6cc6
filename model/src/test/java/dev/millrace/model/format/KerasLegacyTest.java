package dev.millrace.model.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.spec.ModelSpec;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import io.jhdf.api.WritableNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files in the layout that Keras 2 documents: names with {@code :0}, and what its configurations say. */
class KerasLegacyTest {
    private static final ModelSpec SPEC = ModelSpec.fromYaml("{inputs: 2, layers: [dense: {units: 3, activation: relu},"
            + " dense: {units: 1}], loss: mean_squared_error}");
    private static final String CONFIG = """
            {"class_name": "Sequential", "config": {"layers": [
              {"class_name": "InputLayer", "config": {"name": "input_1"}},
              {"class_name": "Dense", "config": {"name": "hidden"}},
              {"class_name": "Dropout", "config": {"name": "dropout"}},
              {"class_name": "%s", "config": {"name": "out"%s}}]}}""";

    @TempDir
    private Path directory;

    /** Two dense layers whose weights count up in Keras' order. */
    private Path written(@Nullable String config, boolean weightsAlone, boolean attributesCut) {
        Path file = directory.resolve("model.h5");
        try (WritableHdfFile root = HdfFile.write(file)) {
            if (config != null) root.putAttribute("model_config", config);
            WritableGroup layers = weightsAlone ? root : root.putGroup("model_weights");
            WritableNode names = weightsAlone ? root : layers;
            if (attributesCut) {
                names.putAttribute("layer_names0", new String[] {"hidden"});
                names.putAttribute("layer_names1", new String[] {"out"});
            } else {
                names.putAttribute("layer_names", new String[] {"hidden", "out"});
            }
            dense(layers, "hidden", new float[][] {{1, 2, 3}, {4, 5, 6}}, new float[] {7, 8, 9});
            dense(layers, "out", new float[][] {{10}, {11}, {12}}, new float[] {13});
        }
        return file;
    }

    private static void dense(WritableGroup layers, String name, float[][] kernel, float[] bias) {
        WritableGroup group = layers.putGroup(name);
        group.putAttribute("weight_names", new String[] {name + "/kernel:0", name + "/bias:0"});
        WritableGroup inner = group.putGroup(name);
        inner.putDataset("kernel:0", kernel);
        inner.putDataset("bias:0", bias);
    }

    private static float[] read(Path file) throws IOException {
        return ParameterFiles.read(file, SPEC);
    }

    @Test
    void aWholeModelIsReadInTheOrderOfItsLayers() throws IOException {
        assertThat(read(written(CONFIG.formatted("Dense", ""), false, false)))
                .containsExactly(1, 4, 2, 5, 3, 6, 7, 8, 9, 10, 11, 12, 13);
    }

    @Test
    void weightsAloneSayNoKindsAndGoByOrder() throws IOException {
        assertThat(read(written(null, true, false))).containsExactly(1, 4, 2, 5, 3, 6, 7, 8, 9, 10, 11, 12, 13);
    }

    @Test
    void longListsOfNamesAreCutIntoSeveral() throws IOException {
        assertThat(read(written(null, false, true)))
                .hasSize(13)
                .startsWith(1, 4)
                .endsWith(13);
    }

    @Test
    void aLayerOfAnotherKindIsRefused() {
        assertThatThrownBy(() -> read(written(CONFIG.formatted("Conv1D", ""), false, false)))
                .hasMessageStartingWith("the file's layers are of other kinds.")
                .hasMessageContaining("out, conv1d (model_weights/out/out/kernel:0 [3, 1]");
    }

    @Test
    void channelsFirstAndOtherGatesAreRefused() {
        assertThatThrownBy(() ->
                        read(written(CONFIG.formatted("Dense", ", \"data_format\": \"channels_first\""), false, false)))
                .hasMessage("layer out of the file must have data_format channels_last. Received: channels_first");
        assertThatThrownBy(() -> read(written(
                        CONFIG.formatted("LSTM", ", \"recurrent_activation\": \"hard_sigmoid\""), false, false)))
                .hasMessage("layer out of the file must have recurrent_activation sigmoid. Received: hard_sigmoid");
    }

    @Test
    void aLayerWithoutBiasIsNamed() {
        Path file = directory.resolve("model.h5");
        try (WritableHdfFile root = HdfFile.write(file)) {
            root.putAttribute("layer_names", new String[] {"dense_1", "dense_2"});
            dense(root, "dense_1", new float[][] {{1, 2, 3}, {4, 5, 6}}, new float[3]);
            WritableGroup group = root.putGroup("dense_2");
            group.putAttribute("weight_names", new String[] {"kernel:0"});
            group.putDataset("kernel:0", new float[3][1]);
        }

        assertThatThrownBy(() -> read(file))
                .hasMessage("layer dense_2 takes kernel [3, 1], bias [1] in Keras's layout. Received: dense_2"
                        + " (dense_2/kernel:0 [3, 1])");
    }

    @Test
    void otherNumbersThanFloat32AreRefused() {
        Path file = directory.resolve("model.h5");
        try (WritableHdfFile root = HdfFile.write(file)) {
            root.putAttribute("layer_names", new String[] {"a", "b"});
            for (String name : new String[] {"a", "b"}) {
                WritableGroup group = root.putGroup(name);
                group.putAttribute("weight_names", new String[] {"kernel", "bias"});
                group.putDataset("kernel", new double[2][3]);
                group.putDataset("bias", new float[3]);
            }
        }

        assertThatThrownBy(() -> read(file)).hasMessage("tensor a/kernel must be float32. Received: double");
    }

    @Test
    void otherHdf5FilesAreRefused() {
        Path file = directory.resolve("model.h5");
        try (WritableHdfFile root = HdfFile.write(file)) {
            root.putGroup("measurements");
        }

        assertThatThrownBy(() -> read(file)).hasMessageContaining("Received: groups [measurements]");
    }

    @Test
    void anArchiveWithoutWeightsIsRefused() throws IOException {
        Path file = directory.resolve("model.keras");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("config.json"));
            zip.write("{}".getBytes(StandardCharsets.UTF_8));
        }

        assertThatThrownBy(() -> read(file))
                .hasMessage("a .keras file has config.json and model.weights.h5. Received: [config.json]");
    }
}
