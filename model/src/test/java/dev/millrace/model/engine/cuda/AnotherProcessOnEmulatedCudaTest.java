package dev.millrace.model.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetPCIBusId;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.Nd4jEngine;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OnEmulatedCuda
class AnotherProcessOnEmulatedCudaTest {

    @TempDir
    private Path directory;

    /** Says what it sees of CUDA; then, as the argument says, convolves or calls a function that is not emulated. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) {
            System.out.println("devices " + Cuda.devices() + ", missing " + Cuda.missing());
            if (arguments.length == 0) return;
            if (arguments[0].equals("convolve")) convolve();
            else cudaDeviceGetPCIBusId(new byte[32], 32, 0);
        }

        private static void convolve() {
            ModelSpec spec = ModelSpec.fromYaml(CudaModels.IMAGES);
            SampleBatch batch = CudaModels.samples(spec, 20, 3);
            float[] parameters = CudaModels.parameters(spec, 5);
            try (GradientEngine cpu = new Nd4jEngine(spec);
                    CudaEngine engine = new CudaEngine(spec, new CudaSettings(0, Precision.FLOAT32, true, 0))) {
                float[] expected = CudaModels.gradient(cpu, spec, parameters, batch, 20).gradient;
                float[] actual = CudaModels.gradient(engine, spec, parameters, batch, 20).gradient;
                System.out.println("convolutions by " + engine.convolutions() + ", missing " + Cudnn.missing());
                System.out.println("agrees: " + (CudaModels.distance(actual, expected, expected.length) < 1e-5));
            }
        }
    }

    private record Outcome(int status, String output) {}

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        return run(EmulatedCuda.environment(), arguments);
    }

    private Outcome run(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Probe.class.getName());
        java.command().addAll(List.of(arguments));
        java.environment().putAll(environment);
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

    @Test
    void shouldConvolveByCudnnWhereItIs() throws Exception {
        Outcome outcome = run(EmulatedCuda.environmentWithCudnn(), "convolve");

        assertThat(outcome.output()).contains("convolutions by cuDNN 9.19.0, missing null\n", "agrees: true");
        assertThat(outcome.status()).isZero();
    }

    @Test
    void shouldConvolveByPatchesWithoutCudnnAndNameWhatIsMissing() throws Exception {
        Outcome outcome = run("convolve");

        assumeThat(outcome.output()).as("no cuDNN is installed here").doesNotContain("by cuDNN");
        assertThat(outcome.output())
                .contains("devices 3, missing null\n")
                .containsPattern(
                        "convolutions by no cuDNN, missing .*libcudnn_\\w+\\.so\\.9: cannot open shared object file")
                .contains("agrees: true");
        assertThat(outcome.status()).isZero();
    }
}
