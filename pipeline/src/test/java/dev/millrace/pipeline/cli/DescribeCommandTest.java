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
                .contains("Micro-batches: 7 per mini-batch", "397.5 KiB")
                .contains("Engine auto: a worker computes on a CUDA device of its TaskManager, in float32, or without");
    }

    @Test
    void imagesAreShownFromLayerToLayer() throws IOException {
        Path file = directory.resolve("model.yaml");
        Files.writeString(file, """
                model:
                  name: digits
                  inputs: [28, 28, 1]
                  layers:
                    - conv2d: {filters: 16, kernel_size: 3, activation: relu}
                    - max_pooling2d
                    - layer_normalization
                    - dropout: {rate: 0.25}
                    - flatten
                    - dense: {units: 10, activation: softmax}
                  loss: categorical_crossentropy
                """);

        Ran ran = Ran.millrace("describe", "-c", file.toString(), "--set", "batch.size=64", "--set", "batch.micro=10");

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        // Ten times (785 + 1) + 2 * 10,816 + 2 * 2,704 + 2 * 2,704 + 3 * 2,704 + 2 * 10 values of 4 bytes.
        assertThat(ran.out())
                .contains("Model digits: 28 x 28 x 1 inputs, 10 outputs, 1 label(s)")
                .contains("conv2d_1: 28 x 28 x 1 -> 26 x 26 x 16, 3 x 3, relu", "3 x 3 x 1 x 16", "144")
                .contains("max_pooling2d_2: 26 x 26 x 16 -> 13 x 13 x 16, 2 x 2")
                .contains("layer_normalization_3: 13 x 13 x 16 -> 13 x 13 x 16, over the last extent")
                .contains("dropout_4: 13 x 13 x 16 -> 13 x 13 x 16, rate 0.25")
                .containsPattern("flatten_5: 13 x 13 x 16 -> 2,704\\R")
                .contains("dense_6: 2,704 -> 10, softmax", "10 x 2,704", "27,242")
                .contains("1.6 MiB");
    }

    @Test
    void aChallengerIsShownBehindTheModelAndSharesItsMemory() throws IOException {
        Ran ran = Ran.millrace("describe", "-c", "../deploy/examples/fraud.yaml", "--set", "batch.memory-budget=96kb");

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        // A sample takes 32 + 1 + 1 + 2 values of 4 bytes in the model and 32 + 1 + 1 + 130 in the challenger: 800
        // bytes.
        assertThat(ran.out())
                .contains("Model fraud: 32 inputs", "Model fraud-deep: 32 inputs", "64 x 32", "2,177")
                .contains("up to " + 96 * 1024 / 800 + " samples at once");
    }

    @Test
    void tablesAreShownAndCostAGradientOfTheRowsTouched() {
        Ran ran = Ran.millrace("describe", "-c", "../deploy/examples/click-through.yaml");

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        // 13 + 13 + 1 moments, 13 + 1 of the dense layer and a bias: 42 values of 4 bytes are in every gradient
        assertThat(ran.out())
                .containsPattern("13 +c1 +id of 2097152 hashed")
                .contains("add_1: 39 -> 1, 2 branches, sigmoid")
                .containsPattern("sparse_linear_1_2_1/kernel +2,097,152 x 1 +2,097,152\\R")
                .containsPattern("gradient +and the rows touched +168 B");
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

    @Test
    void whatWouldComputeConvolutionsIsSaid() throws IOException {
        Path file = directory.resolve("model.yaml");
        Files.writeString(file, """
                model:
                  name: digits
                  inputs: [28, 28, 1]
                  layers: [conv2d: {filters: 4, kernel_size: 3}, flatten, dense: {units: 10, activation: softmax}]
                  loss: categorical_crossentropy
                """);

        Ran with = Ran.millrace("describe", "-c", file.toString());
        Ran without = Ran.millrace("describe", "-c", file.toString(), "--set", "cuda.cudnn=false");

        assertThat(with.out()).contains("in float32 with convolutions by cuDNN where it is installed, or without one");
        assertThat(without.out()).contains("in float32 with convolutions as products of patches, or without one");
    }
}
