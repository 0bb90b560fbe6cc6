package dev.millrace.model.engine.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NVIDIA's own compiler, where it is installed, takes the kernels: for the oldest cards that CUDA 13 knows, and for Hopper. */
class KernelsCompileTest {
    private static boolean hasCompiler() {
        try {
            return new ProcessBuilder("nvcc", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sm_75", "sm_90"})
    void theyCompile(String architecture, @TempDir Path directory) throws Exception {
        assumeTrue(hasCompiler(), "nvcc is not installed");
        Path source = Files.writeString(directory.resolve("kernels.cu"), Kernels.source());
        Path log = directory.resolve("log");

        int status = new ProcessBuilder(
                        "nvcc",
                        "-cubin",
                        "-arch=" + architecture,
                        "-Werror",
                        "all-warnings",
                        "-o",
                        directory.resolve("kernels.cubin").toString(),
                        source.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();

        assertThat(status).as(Files.readString(log)).isZero();
    }
}
