package dev.millrace.pipeline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.format.ExportFormat;
import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitialParametersTest {
    private static final ModelSpec SPEC = ModelSpec.fromYaml("""
            name: line
            inputs: 2
            layers: [{dense: {units: 1}}]
            loss: mean_squared_error
            """);

    @TempDir
    private Path directory;

    private static ServerSettings settings(@Nullable String from) {
        return new ServerFixture("line", SPEC.toJson(), BatchSettings.fixed(4))
                .initialParameters(from)
                .settings();
    }

    private Path written(ModelSpec spec, float... parameters) throws IOException {
        Path file = directory.resolve("weights.safetensors");
        try (OutputStream out = Files.newOutputStream(file)) {
            Safetensors.write(spec.layout(), parameters, Map.of(), out);
        }
        return file;
    }

    @Test
    void areTheInitializersWhereNothingIsSaid() {
        assertThat(InitialParameters.of(settings(null), SPEC)).containsExactly(SPEC.initialParameters(1));
    }

    @Test
    void areThoseOfASafetensorsFile() throws IOException {
        Path file = written(SPEC, 3, 4, 5);

        Trainer trainer = Trainers.create(settings(file.toString()), null, false);

        assertThat(trainer.state().parameters).containsExactly(3, 4, 5);
    }

    @Test
    void areThoseOfAKerasFileWhoseKernelsAreTheOtherWayRound() {
        Path file = directory.resolve("weights.h5");
        try (WritableHdfFile keras = HdfFile.write(file)) {
            keras.putAttribute("layer_names", new String[] {"dense"});
            WritableGroup dense = keras.putGroup("dense");
            dense.putAttribute("weight_names", new String[] {"kernel:0", "bias:0"});
            dense.putDataset("kernel:0", new float[][] {{3}, {4}});
            dense.putDataset("bias:0", new float[] {5});
        }

        assertThat(InitialParameters.of(settings(file.toString()), SPEC)).containsExactly(3, 4, 5);
    }

    @Test
    void areThoseOfAnOnnxFile() throws IOException {
        Path file = directory.resolve("model.onnx");
        Snapshot snapshot = new Snapshot(
                SnapshotParts.split(SPEC, 1, 0, new float[] {3, 4, 5}, Map.of(), 64)
                        .manifest(),
                new float[] {3, 4, 5});
        try (OutputStream out = Files.newOutputStream(file)) {
            ExportFormat.ONNX.write(snapshot, out);
        }

        assertThat(InitialParameters.of(settings(file.toString()), SPEC)).containsExactly(3, 4, 5);
    }

    @Test
    void thatAreNoKerasFileAreNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("weights.keras"), "weights");

        assertThatThrownBy(() -> InitialParameters.of(settings(file.toString()), SPEC))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("training.initial-parameters: " + file + " does not fit the model: ");
    }

    @Test
    void aCheckpointWinsOverThem() throws IOException {
        Path file = written(SPEC, 3, 4, 5);
        TrainingState checkpoint = Trainers.create(settings(null), null, false).snapshot();
        float[] trained = checkpoint.parameters.clone();

        assertThat(Trainers.create(settings(file.toString()), checkpoint, false).state().parameters)
                .containsExactly(trained);
    }

    @Test
    void ofAnotherModelAreRefusedWithTheTensorThatDiffers() throws IOException {
        ModelSpec wider = ModelSpec.fromYaml("""
                name: line
                inputs: 3
                layers: [{dense: {units: 1}}]
                loss: mean_squared_error
                """);
        Path file = written(wider, 3, 4, 5, 6);

        assertThatThrownBy(() -> InitialParameters.of(settings(file.toString()), SPEC))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("training.initial-parameters: " + file)
                .hasMessageContaining("tensor dense_1/kernel must be F32 of shape [1, 2]. Received: ")
                .hasMessageContaining("[1, 3]");
    }

    @Test
    void thatAreNotThereAreNamed() {
        assertThatThrownBy(() -> InitialParameters.of(
                        settings(directory.resolve("none.safetensors").toString()), SPEC))
                .hasMessageContaining("none.safetensors does not fit the model");
        assertThatThrownBy(() -> InitialParameters.of(settings(directory.toString()), SPEC))
                .hasMessageStartingWith("training.initial-parameters: " + directory);
    }
}
