package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateCommandTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void writeConfiguration() throws IOException {
        file = directory.resolve("training.yaml");
        Files.writeString(file, """
                model:
                  name: digits
                  inputs: 784
                  layers: [{dense: {units: 10, activation: softmax}}]
                  loss: categorical_crossentropy
                kafka.bootstrap.servers: localhost:1
                source.topics: [samples]
                """);
    }

    @Test
    void aGoodConfigurationIsNamedByItsHash() {
        Ran ran = Ran.millrace("validate", "--config", file.toString(), "--offline", "--effective");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(ran.out())
                .contains("batch.size: 32\n", "kafka.bootstrap.servers: localhost:1\n")
                .containsPattern("ok +configuration +sha256 [0-9a-f]{64}")
                .containsPattern("ok +engine +auto: a worker computes on a CUDA device of its TaskManager, in float32");
    }

    @Test
    void mistakesEndWithTheUsageCodeAndWithoutStackTrace() {
        Ran ran = Ran.millrace("validate", "-c", file.toString(), "--set", "batch.sise=3", "--set", "batch.size=0");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err())
                .contains("2 errors in training.yaml", "did you mean batch.size?", "Received: 0")
                .doesNotContain("\tat ");
    }

    @Test
    void verboseShowsTheStackTrace() {
        Ran ran = Ran.millrace("validate", "-c", file.toString(), "--set", "batch.size=0", "--verbose");

        assertThat(ran.err()).contains("\tat dev.millrace");
    }

    @Test
    void aBrokerThatDoesNotAnswerIsAnErrorWithinTheTimeLimit() {
        long begin = System.nanoTime();

        Ran ran = Ran.millrace("validate", "-c", file.toString(), "--timeout", "2");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.out()).contains("ERROR", "brokers at localhost:1", "no answer in time", "1 error");
        // Two seconds to wait, the rest for a slow machine to load the client.
        assertThat(System.nanoTime() - begin).isLessThan(20_000_000_000L);
    }
}
