package dev.millrace.model.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.model.snapshot.SnapshotDirectory;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/downstream}, as somebody would run it, against the model itself. */
@Timeout(240)
class DownstreamExamplesTest {
    private static final Path EXAMPLES = Path.of("..", "deploy", "downstream").toAbsolutePath();
    private static final int ROWS = 20;

    /** Products of a single row add in another order than those of twenty. */
    private static final float ONE_ROW = 1e-6f;

    private static final ModelSpec SPEC = ModelSpec.fromYaml("""
            name: ctr
            inputs: 6
            layers:
              - dense: {units: 16, activation: relu}
              - dense: {units: 8, activation: tanh}
              - dense: {units: 3, activation: softmax}
            loss: categorical_crossentropy
            """);

    @TempDir
    private Path directory;

    private Path root;
    private final float[] rows = new float[ROWS * 6];
    private final float[] expected = new float[ROWS * 3];

    @BeforeEach
    void publish() throws IOException {
        root = Files.createDirectories(directory.resolve("snapshots"));
        float[] parameters = SPEC.initialParameters(1);
        PublishedDirectory published = new PublishedDirectory(root);
        published.add(
                SnapshotParts.split(SPEC, 7, 1, parameters, Map.of(), 1 << 20).manifest(), parameters);
        published.pointTo(7);
        SplittableRandom random = new SplittableRandom(1);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) random.nextDouble(-2, 2);
            lines.append(rows[i]).append(i % 6 == 5 ? "\n" : " ");
        }
        Files.writeString(directory.resolve("rows.txt"), lines);
        try (ServedModel model = ServedModel.of(new SnapshotDirectory(root).load())) {
            model.predict(rows, ROWS, expected);
        }
    }

    @Test
    void javaFollowsADirectory() throws Exception {
        assertThatAllRowsAreAsExpected(java(root.toString()), ONE_ROW);
    }

    @Test
    void javaFollowsAServer() throws Exception {
        try (PublishedServer server = new PublishedServer(root)) {
            assertThatAllRowsAreAsExpected(java(server.uri().toString(), "ctr"), ONE_ROW);
        }
    }

    /** Sums in another order, and another exponential, of numbers below 10: six digits agree. */
    @Test
    void pythonReadsADirectory() throws Exception {
        assumeThat(hasNumpy()).as("no python3 with numpy on this machine").isTrue();
        String script = EXAMPLES.resolve("python/predict.py").toString();

        assertThatAllRowsAreAsExpected(run("python3", script, root.toString()), 1e-5f);
    }

    @Test
    void pythonRefusesDamagedParameters() throws Exception {
        assumeThat(hasNumpy()).as("no python3 with numpy on this machine").isTrue();
        Path file = root.resolve("versions/7/model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        Process process = start("python3", EXAMPLES.resolve("python/predict.py").toString(), root.toString());

        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(Files.readString(directory.resolve("errors.txt"))).startsWith("version 7 is damaged");
    }

    private void assertThatAllRowsAreAsExpected(String output, float tolerance) {
        String[] lines = output.strip().split("\n", -1);
        assertThat(lines).hasSize(ROWS);
        for (int row = 0; row < ROWS; row++) {
            String[] words = lines[row].replaceAll("[\\[\\],]", "").split(" ", -1);
            assertThat(words).as("version and outputs").hasSize(4).startsWith("7");
            for (int i = 0; i < 3; i++) {
                assertThat(Float.parseFloat(words[i + 1])).isCloseTo(expected[3 * row + i], within(tolerance));
            }
        }
    }

    private String java(String... arguments) throws IOException, InterruptedException {
        String classPath = System.getProperty("java.class.path");
        String source = EXAMPLES.resolve("java/Predict.java").toString();
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", classPath, "-d", directory.toString(), source);
        assertThat(compiled).isZero();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                directory + File.pathSeparator + classPath,
                "Predict"));
        command.addAll(List.of(arguments));
        return run(command.toArray(new String[0]));
    }

    private boolean hasNumpy() throws InterruptedException {
        try {
            return start("python3", "-c", "import numpy").exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private String run(String... command) throws IOException, InterruptedException {
        Process process = start(command);
        String text = Files.readString(directory.resolve("output.txt"));
        String errors = Files.readString(directory.resolve("errors.txt"));
        assertThat(process.exitValue()).as(text + errors).isZero();
        return text;
    }

    private Process start(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectInput(directory.resolve("rows.txt").toFile())
                .redirectOutput(directory.resolve("output.txt").toFile())
                .redirectError(directory.resolve("errors.txt").toFile())
                .start();
        try {
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return process;
    }
}
