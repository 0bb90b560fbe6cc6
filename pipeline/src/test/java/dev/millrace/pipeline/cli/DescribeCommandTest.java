package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescribeCommandTest {
    @TempDir
    Path directory;

    @Test
    void aModelSectionIsEnough() throws IOException {
        Path file = directory.resolve("model.yaml");
        Files.writeString(file, """
                model:
                  name: digits
                  inputs: 784
                  layers:
                    - dense: {units: 128, activation: relu}
                    - dense: {units: 10, activation: softmax}
                  loss: categorical_crossentropy
                """);

        Ran ran = Ran.millrace("describe", "-c", file.toString(), "--set", "batch.size=64", "--set", "batch.micro=10");

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        // 784 * 128 + 128 = 100,480 and 128 * 10 + 10 = 1,290
        assertThat(ran.out())
                .contains("Model digits: 784 inputs, 10 outputs, 1 label(s)", "128 x 784", "100,352", "101,770")
                .contains("Micro-batches: 7 per mini-batch", "397.5 KiB");
    }

    @Test
    void featuresAreShownWithTheirInputsAndFields() {
        Ran ran = Ran.millrace("describe", "-c", "../deploy/examples/bids.yaml");

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        assertThat(ran.out())
                .contains("Features: 1,162 inputs")
                .containsPattern("0..1 +price +log1p, missing 0.0")
                .containsPattern("2 +user.age +min-max 0.0..100.0, missing 40.0")
                .containsPattern("3..6 +user.country +one-hot of 3 values")
                .containsPattern("74..137 +user.country, device +cross")
                .containsPattern("138..1161 +body +words by \\[1, 2\\], log, 1024 hashed")
                .containsPattern("label +outcome +classes LOST, WON");
    }
}
