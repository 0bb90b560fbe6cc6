package dev.millrace.model.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetPCIBusId;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OnEmulatedCuda
class AnotherProcessOnEmulatedCudaTest {

    @TempDir
    private Path directory;

    /** Says what it sees of CUDA; with an argument it then calls a function that is not emulated. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) {
            System.out.println("devices " + Cuda.devices() + ", missing " + Cuda.missing());
            if (arguments.length > 0) cudaDeviceGetPCIBusId(new byte[32], 32, 0);
        }
    }

    private record Outcome(int status, String output) {}

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Probe.class.getName());
        java.command().addAll(List.of(arguments));
        java.environment().putAll(EmulatedCuda.environment());
        java.environment().put("MILLRACE_EMULATED_CUDA_DEVICES", "3");
        Path output = directory.resolve("output");
        int status = java.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        return new Outcome(status, Files.readString(output, StandardCharsets.UTF_8));
    }

    @Test
    void shouldSeeAsManyDevicesAsItsEnvironmentSays() throws Exception {
        assertThat(run()).isEqualTo(new Outcome(0, "devices 3, missing null\n"));
    }

    @Test
    void shouldEndWithTheNameOfAFunctionThatIsNotEmulated() throws Exception {
        Outcome outcome = run("unemulated");

        assertThat(outcome.status()).isEqualTo(127);
        assertThat(outcome.output()).contains("undefined symbol: cudaDeviceGetPCIBusId");
    }
}
