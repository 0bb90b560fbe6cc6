package dev.millrace.pipeline.cluster;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** CUDA's libraries as far as a CPU stands in for them, which the model's tests build with g++. */
final class EmulatedLibraries {
    /** Preloaded: JavaCPP would rather take NVIDIA's own runtime, which some machines without a GPU have. */
    private static final List<String> LIBRARIES = List.of(
            "libcudart.so.13",
            "libcuda.so.1",
            "libnvrtc.so.13",
            "libcublasLt.so.13",
            "libcublas.so.13",
            "cudnn/libcudnn_graph.so.9",
            "cudnn/libcudnn_ops.so.9",
            "cudnn/libcudnn_cnn.so.9",
            "cudnn/libcudnn_adv.so.9");

    private EmulatedLibraries() {}

    /** The environment of a process that finds them, and two devices; skips the test where they cannot be built. */
    static Map<String, String> environment() throws IOException, InterruptedException {
        Path model = Path.of("../model").toAbsolutePath().normalize();
        Path libraries = model.resolve("target/emulated-cuda");
        Process build = new ProcessBuilder(
                        "sh", model.resolve("src/test/cuda/build.sh").toString(), libraries.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assumeThat(build.waitFor(5, TimeUnit.MINUTES) && build.exitValue() == 0)
                .as("g++ builds what stands in for CUDA's libraries")
                .isTrue();
        String preloaded = LIBRARIES.stream()
                .map(library -> libraries.resolve(library).toString())
                .collect(Collectors.joining(":"));
        return Map.of(
                "LD_LIBRARY_PATH",
                libraries.toString(),
                "LD_PRELOAD",
                preloaded,
                "MILLRACE_EMULATED_CUDA_DEVICES",
                "2");
    }
}
