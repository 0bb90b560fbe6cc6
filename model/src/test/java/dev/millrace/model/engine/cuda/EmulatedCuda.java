package dev.millrace.model.engine.cuda;

import static org.bytedeco.cuda.global.cudart.cudaDeviceSetLimit;
import static org.bytedeco.cuda.global.cudart.cudaLimitDevRuntimePendingLaunchCount;
import static org.bytedeco.cuda.global.cudart.cudaLimitMallocHeapSize;
import static org.bytedeco.cuda.global.cudart.cudaLimitPersistingL2CacheSize;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * NVIDIA's libraries of CUDA 13 as a CPU can stand in for them, built from {@code src/test/cuda} with g++: streams run when
 * somebody waits for them and not before, kernels are compiled at run time, every access of theirs is checked. A test device:
 * it finds what an engine does wrong and says nothing of speed.
 *
 * <p>Another JVM uses it by {@link #environment()}. The environment of a process also gives the number of devices ({@code MILLRACE_EMULATED_CUDA_DEVICES}, 2), the bytes of each ({@code MILLRACE_EMULATED_CUDA_MEMORY}, 512 MiB), the
 * compute capability ({@code MILLRACE_EMULATED_CUDA_CAPABILITY}, 90), and what to begin with of {@link #seed} and
 * {@link #othersFirst} ({@code MILLRACE_EMULATED_CUDA_SEED}, {@code MILLRACE_EMULATED_CUDA_OTHERS_FIRST}; 0).
 */
final class EmulatedCuda {
    /** In an order in which each finds what it links. */
    private static final List<String> LIBRARIES =
            List.of("libcudart.so.13", "libcuda.so.1", "libnvrtc.so.13", "libcublasLt.so.13", "libcublas.so.13");

    /** Of cuDNN, in a directory of their own. */
    private static final List<String> CUDNN = List.of(
            "cudnn/libcudnn_graph.so.9",
            "cudnn/libcudnn_ops.so.9",
            "cudnn/libcudnn_cnn.so.9",
            "cudnn/libcudnn_adv.so.9");

    private EmulatedCuda() {}

    /** Why the libraries cannot be built here, null if they can. */
    static @Nullable String missing() {
        if (!System.getProperty("os.name").equals("Linux")
                || !System.getProperty("os.arch").equals("amd64")) {
            return "the emulated CUDA libraries are for Linux on x86-64";
        }
        try {
            return run(List.of("g++", "--version")).status() == 0 ? null : "g++ does not start";
        } catch (UncheckedIOException e) {
            return "the emulated CUDA libraries are built with g++, which is not installed";
        }
    }

    /** The directory of the libraries, which are built if their sources are newer. */
    static Path directory() {
        Path model = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        Path script = model.resolve("src/test/cuda/build.sh");
        Path directory = model.resolve("target/emulated-cuda");
        Outcome built = run(List.of("sh", script.toString(), directory.toString()));
        if (built.status() != 0) throw new IllegalStateException("The emulated CUDA libraries: " + built.output());
        return directory;
    }

    /** Loads them into this process, cuDNN's as well, before anything asks for CUDA. */
    static void load() {
        Path directory = directory();
        for (String library : LIBRARIES) System.load(directory.resolve(library).toString());
        for (String library : CUDNN) System.load(directory.resolve(library).toString());
    }

    /**
     * What another JVM needs in its environment to use them without cuDNN. Preloaded, since JavaCPP would rather take NVIDIA's own
     * runtime, which some machines without a GPU have.
     */
    static Map<String, String> environment() {
        return environment(directory(), LIBRARIES);
    }

    /** The same with cuDNN. */
    static Map<String, String> environmentWithCudnn() {
        return environment(
                directory(), Stream.concat(LIBRARIES.stream(), CUDNN.stream()).toList());
    }

    private static Map<String, String> environment(Path directory, List<String> libraries) {
        String preloaded = libraries.stream()
                .map(library -> directory.resolve(library).toString())
                .collect(Collectors.joining(":"));
        return Map.of("LD_LIBRARY_PATH", directory.toString(), "LD_PRELOAD", preloaded);
    }

    /** Gives the current device so many bytes in all. */
    static void memory(long bytes) {
        set(cudaLimitMallocHeapSize, bytes);
    }

    /** Mixes the order in which blocks and threads run; 0 is ascending. */
    static void seed(long seed) {
        set(cudaLimitDevRuntimePendingLaunchCount, seed);
    }

    /** Whether all other streams run before the one that is waited for, and not only what it waits for. */
    static void othersFirst(boolean first) {
        set(cudaLimitPersistingL2CacheSize, first ? 1 : 0);
    }

    private static void set(int limit, long value) {
        int error = cudaDeviceSetLimit(limit, value);
        if (error != 0) throw new IllegalStateException("cudaDeviceSetLimit: error " + error);
    }

    private record Outcome(int status, String output) {}

    private static Outcome run(List<String> command) {
        try {
            Path output = Files.createTempFile("emulated-cuda", ".log");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                int status = process.waitFor();
                return new Outcome(status, Files.readString(output, StandardCharsets.UTF_8));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command + " ran", e);
        }
    }
}
