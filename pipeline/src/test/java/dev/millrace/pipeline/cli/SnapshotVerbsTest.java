package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.model.format.ParameterFiles;
import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code snapshot} and {@code predict} on a directory with two versions of {@code p = sigmoid(x1 - x2)}. */
class SnapshotVerbsTest {
    private static final ModelSpec SPEC = ModelSpec.fromYaml("""
            name: difference
            inputs: 2
            layers: [{dense: {units: 1, activation: sigmoid}}]
            loss: binary_crossentropy
            """);

    @TempDir
    Path directory;

    @BeforeEach
    void publish() throws IOException {
        publish(3, 0, 0, 0);
        publish(12, 1, -1, 0);
    }

    private void publish(long version, float... parameters) throws IOException {
        publish(SPEC, version, parameters);
    }

    private void publish(ModelSpec spec, long version, float... parameters) throws IOException {
        Path place = Files.createDirectories(directory.resolve("versions/" + version));
        String manifest = SnapshotParts.split(spec, version, 1_700_000_000_000L, parameters, Map.of("samples", "5"), 8)
                .manifest()
                .toJson();
        try (OutputStream out = Files.newOutputStream(place.resolve("model.safetensors"))) {
            Safetensors.write(spec.layout(), parameters, Map.of(), out);
        }
        Files.writeString(place.resolve("manifest.json"), manifest);
        Files.writeString(directory.resolve("current.json"), manifest);
    }

    private void damage(long version) throws IOException {
        Path file = directory.resolve("versions/" + version + "/model.safetensors");
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(bytes.length() - 1);
            bytes.write(0x41);
        }
    }

    private Ran millrace(String... args) {
        return Ran.millrace(args);
    }

    @Test
    void listShowsTheNewestLast() {
        Ran ran = millrace("snapshot", "list", "--directory", directory.toString());

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        assertThat(ran.out().lines().map(line -> line.split(" ", 2)[0])).containsExactly("version", "3", "12", "2");
    }

    @Test
    void liveParametersAreNoVersionAndTheRefusalSaysHowToFollowThem() {
        String here = directory.toString();
        Path output = directory.resolve("out");

        Ran get = millrace(
                "snapshot", "get", "--version-number", "live", "--output", output.toString(), "--directory", here);
        Ran diff = millrace("snapshot", "diff", "3", "live", "--directory", here);
        Ran word = millrace(
                "snapshot", "get", "--version-number", "x", "--output", output.toString(), "--directory", here);

        assertThat(get.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(get.err()).contains("Live parameters are no version", "millrace serve --follow live");
        assertThat(diff.err()).contains("Live parameters are no version");
        assertThat(word.err()).contains("--version-number must be a number >= 0. Received: x");
        assertThat(output).doesNotExist();
    }

    @Test
    void verifyFindsTheDamagedVersion() throws IOException {
        damage(3);

        Ran ran = millrace("snapshot", "verify", "--directory", directory.toString());

        assertThat(ran.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.out()).containsPattern("DAMAGED +version 3 ").containsPattern("ok +version 12");
    }

    @Test
    void diffSaysWhatChangedFromOneVersionToAnother() {
        Ran ran = millrace("snapshot", "diff", "3", "newest", "--directory", directory.toString());

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        assertThat(ran.out())
                .containsPattern("a +difference version 3, .*, 3 parameters")
                .containsPattern("b +difference version 12, ")
                .contains("model: the same", "features: the same", "provenance: the same")
                // From (0, 0) to (1, -1): no direction to compare with, and no norm to divide by.
                .containsPattern("dense_1/kernel +1x2 +0\\.0000 +1\\.4142 +1\\.00 +- +-");
    }

    @Test
    void diffIsJsonForPrograms() throws IOException {
        String here = directory.toString();

        Ran ran = millrace("snapshot", "diff", here, here, "--json");

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        JsonNode json = new ObjectMapper().readTree(ran.out());
        assertThat(json.path("a").path("version").asInt()).isEqualTo(12);
        assertThat(json.path("model").isArray()).isTrue();
        assertThat(json.path("tensors").path(0).path("name").asText()).isEqualTo("dense_1/kernel");
        assertThat(json.path("tensors").path(0).path("relativeChange").asDouble(1))
                .isZero();
        assertThat(json.path("tensors").path(1).path("cosine").isNull())
                .as("of a bias of 0")
                .isTrue();
    }

    @Test
    void diffOfAVersionThatIsNotThereSaysWhichAre() {
        Ran ran = millrace("snapshot", "diff", "3", "4", "--directory", directory.toString());

        assertThat(ran.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).contains("There is no version 4").contains("[3, 12]");
    }

    @Test
    void getWritesWhatOthersRead() throws IOException {
        Path output = directory.resolve("fetched");

        Ran ran = millrace("snapshot", "get", "-d", directory.toString(), "--output", output.toString());

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        assertThat(output.resolve("model.safetensors")).isNotEmptyFile();
        assertThat(Files.readString(output.resolve("manifest.json"))).contains("\"version\" : 12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"safetensors", "onnx"})
    void whatIsExportedCanBeginAnotherTraining(String format) throws IOException {
        Path exported = directory.resolve("exported");
        Path output = exported.resolve("model." + format);

        Ran ran = millrace(
                "snapshot", "export", "-d", directory.toString(), "--format", format, "--output", output.toString());

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        assertThat(ran.out()).contains("version 12 of difference is in " + output);
        assertThat(ParameterFiles.read(output, SPEC)).containsExactly(1, -1, 0);
        assertThat(exported.toFile().list()).containsExactly("model." + format);
    }

    @Test
    void jsonSaysAllButTheParameters() throws IOException {
        Path output = directory.resolve("model.json");

        Ran ran = millrace(
                ("snapshot export -d " + directory + " --version-number 3 --format json -o " + output).split(" "));

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        JsonNode json = new ObjectMapper().readTree(output.toFile());
        assertThat(json.path("version").asLong()).isEqualTo(3);
        assertThat(json.at("/provenance/samples").asText()).isEqualTo("5");
        assertThat(json.at("/layers/0/tensors").toString())
                .isEqualTo("[{\"name\":\"dense_1/kernel\",\"shape\":[1,2],\"offset\":0},"
                        + "{\"name\":\"dense_1/bias\",\"shape\":[1],\"offset\":2}]");
        assertThat(json.at("/spec")).isEqualTo(new ObjectMapper().readTree(SPEC.toJson()));
    }

    @Test
    void otherFormatsAreRefusedWithThoseThatAre() {
        Ran ran = millrace("snapshot", "export", "-d", directory.toString(), "--format", "pmml", "-o", "model");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err()).contains("pmml").contains("[SAFETENSORS, ONNX, JSON]");
    }

    @Test
    void aDamagedVersionIsNotExported() throws IOException {
        damage(12);
        Path output = directory.resolve("model.onnx");

        Ran ran = millrace("snapshot", "export", "-d", directory.toString(), "-f", "onnx", "-o", output.toString());

        assertThat(ran.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(output).doesNotExist();
    }

    @Test
    void aDamagedVersionIsNotFetched() throws IOException {
        damage(12);

        Ran ran = millrace(
                "snapshot",
                "get",
                "-d",
                directory.toString(),
                "-o",
                directory.resolve("x").toString());

        assertThat(ran.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).contains("is damaged");
    }

    @Test
    void aPlaceMustBeNamed() {
        assertThat(millrace("snapshot", "list").err()).contains("Say --directory DIR or --config FILE.");
        assertThat(millrace("snapshot", "list", "-d", "/no/such").err()).contains("There is no directory /no/such.");
    }

    @Test
    void predictScoresLabeledExamplesWithTheNewestVersion() throws IOException {
        Path data = Files.writeString(directory.resolve("data.csv"), "x1,x2,y\n2,1,1\n0,1,0\n0,0.5,1\n");
        Path output = directory.resolve("predictions.csv");

        Ran ran = millrace(
                "predict", "-d", directory.toString(), "--label", "y", "--output", output.toString(), data.toString());

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        // By hand: -(2 ln sigmoid(1) + ln sigmoid(-0.5)) / 3 = (2 * 0.31326 + 0.97408) / 3; two of three are right.
        // Of the two pairs of a positive and a negative both are in the right order.
        assertThat(ran.out())
                .contains("difference version 12: 3 examples")
                .containsPattern("loss +0.53353")
                .containsPattern("accuracy +0.66667")
                .containsPattern("auc +1.00000");
        assertThat(Files.readAllLines(output)).hasSize(4).first().isEqualTo("output_0");
    }

    @Test
    void predictReadsOthersFilesAsProduceDoes() throws IOException {
        Path data =
                Files.writeString(directory.resolve("data.csv"), "key;x2;note;y;x1\n\"a;1\";1;;YES;2\nb;1;\"\";NO;\n");
        Path output = directory.resolve("predictions.csv");

        Ran ran = millrace(("predict -d " + directory + " --delimiter ; --id key --label y --classes NO,YES --features"
                        + " x1,x2 --empty 0 --output " + output + " " + data)
                .split(" "));

        // As the first two rows above: -(ln sigmoid(1) + ln sigmoid(1)) / 2.
        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        assertThat(ran.out()).containsPattern("loss +0.31326").containsPattern("accuracy +1.00000");
        assertThat(Files.readAllLines(output))
                .hasSize(3)
                .startsWith("id,output_0")
                .satisfies(lines -> assertThat(lines.get(1)).startsWith("a;1,0.73"))
                .satisfies(lines -> assertThat(lines.get(2)).startsWith("b,0.26"));
    }

    @Test
    void predictScoresAModelWithDropoutWhole() throws IOException {
        publish(ModelSpec.fromYaml("""
                        name: dropping
                        inputs: 2
                        layers: [{dropout: {rate: 0.9}}, {dense: {units: 1, activation: sigmoid}}]
                        loss: binary_crossentropy
                        """), 13, 1, -1, 0);
        Path data = Files.writeString(directory.resolve("data.csv"), "x1,x2,y\n2,1,1\n0,1,0\n");

        Ran ran = millrace("predict", "-d", directory.toString(), "--label", "y", data.toString());

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        assertThat(ran.out()).contains("dropping version 13").containsPattern("loss +0.31326");
    }

    @Test
    void predictUsesTheVersionThatIsNamed() throws IOException {
        Path data = Files.writeString(directory.resolve("data.jsonl"), "{\"features\": [3, 1], \"label\": 1}\n");

        Ran ran = millrace("predict", "-d", directory.toString(), "--version-number", "3", data.toString());

        assertThat(ran.out()).contains("difference version 3").containsPattern("loss +0.69315");
    }

    @Test
    void aRowThatDoesNotFitIsNamed() throws IOException {
        Path data = Files.writeString(directory.resolve("data.csv"), "x1,y\n2,1\n");

        Ran ran = millrace("predict", "-d", directory.toString(), "--label", "y", data.toString());

        assertThat(ran.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).contains("row 1 must have the model's 2 features. Received: 1");
    }
}
