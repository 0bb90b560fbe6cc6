package dev.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others read: {@code src/test/python/read_safetensors.py} has the format's description and struct, no more. */
class SafetensorsPythonTest {
    private static final Path SCRIPT =
            Path.of("src/test/python/read_safetensors.py").toAbsolutePath();

    @TempDir
    private Path directory;

    @Test
    void aReaderInPythonFindsTheSameTensors() throws Exception {
        assumeThat(hasPython()).as("no python3 on this machine").isTrue();
        Path file = directory.resolve("model.safetensors");
        float[] parameters = Models.ramp(11);
        parameters[3] = 1e-30f;
        try (OutputStream out = Files.newOutputStream(file)) {
            Safetensors.write(Models.SMALL.layout(), parameters, Map.of("model", "small"), out);
        }

        JsonNode read = new ObjectMapper().readTree(python(SCRIPT.toString(), file.toString()));

        assertThat(read.at("/metadata/model").asText()).isEqualTo("small");
        assertThat(read.path("tensors").fieldNames())
                .toIterable()
                .containsExactly("hidden/kernel", "hidden/bias", "out/kernel", "out/bias");
        int at = 0;
        for (JsonNode tensor : read.path("tensors")) {
            // exact: Python prints a float32 as the float64 that it is
            for (JsonNode value : tensor.path("values"))
                assertThat((float) value.asDouble()).isEqualTo(parameters[at++]);
        }
        assertThat(at).isEqualTo(11);
        assertThat(read.path("tensors").path("hidden/kernel").path("shape").toString())
                .isEqualTo("[2,3]");
    }

    private boolean hasPython() throws InterruptedException {
        try {
            python("-c", "print(1)");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String python(String... arguments) throws IOException, InterruptedException {
        String[] command = new String[arguments.length + 1];
        command[0] = "python3";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(output);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }
}
