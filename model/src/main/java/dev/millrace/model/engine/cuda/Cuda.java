package dev.millrace.model.engine.cuda;

import static org.bytedeco.cuda.global.cudart.cudaGetDeviceCount;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaSuccess;

import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/** Whether this process can use CUDA devices; asked once. */
public final class Cuda {
    private static final String REASON = "millrace.cuda.missing";
    private static final String LIBRARIES =
            "NVIDIA's driver or the libraries of CUDA 13 (cudart, cublas, cublasLt, nvrtc) are missing: ";
    private static final Answer ANSWER = probe();

    private Cuda() {}

    private record Answer(int devices, @Nullable String missing) {}

    /** Why this process can use no CUDA device; null if it can. */
    public static @Nullable String missing() {
        return ANSWER.missing();
    }

    /** Devices that this process sees; 0 if something is missing. */
    public static int devices() {
        return ANSWER.devices();
    }

    private static Answer probe() {
        try {
            Loader.load(cudart.class);
            int[] count = new int[1];
            int error = cudaGetDeviceCount(count);
            if (error != cudaSuccess)
                return new Answer(0, cudaGetErrorString(error).getString());
            if (count[0] == 0) return new Answer(0, "the driver shows no device to this process");
            Loader.load(cublas.class);
            Loader.load(nvrtc.class);
            return new Answer(count[0], null);
        } catch (LinkageError e) {
            return new Answer(0, Missing.once(REASON, LIBRARIES + Missing.library(e)));
        }
    }
}
