package dev.millrace.model.engine.cuda.device;

import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_OUT_OF_MEMORY;
import static org.bytedeco.cuda.global.cudart.CUDA_SUCCESS;
import static org.bytedeco.cuda.global.cudart.cudaErrorMemoryAllocation;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorName;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaGetLastError;
import static org.bytedeco.cuda.global.cudart.cudaSuccess;

import java.nio.charset.StandardCharsets;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.cuda.global.nvrtc;
import org.jspecify.annotations.Nullable;

/** Turns what CUDA's functions return into exceptions that name the call. */
final class Check {
    private static final int DETAIL_BYTES = 512;

    private Check() {}

    /**
     * Of the runtime.
     *
     * @throws DeviceMemoryException if there is not enough memory
     * @throws IllegalStateException for any other error
     */
    static void runtime(int result, String call) {
        if (result == cudaSuccess) return;
        int unused = cudaGetLastError(); // else the next call that asks for it would report this one again
        if (result == cudaErrorMemoryAllocation) throw new DeviceMemoryException("CUDA is out of memory: " + call);
        throw new IllegalStateException("CUDA failed: " + call + ": "
                + cudaGetErrorName(result).getString() + ", "
                + cudaGetErrorString(result).getString());
    }

    /** Of the driver; see {@link #runtime}. */
    static void driver(int result, String call) {
        if (result == CUDA_SUCCESS) return;
        if (result == CUDA_ERROR_OUT_OF_MEMORY) throw new DeviceMemoryException("CUDA is out of memory: " + call);
        throw new IllegalStateException("CUDA failed: " + call + ": driver error " + result);
    }

    /** Of cuBLAS. */
    static void blas(int result, String call) {
        if (result == cublas.CUBLAS_STATUS_SUCCESS) return;
        if (result == cublas.CUBLAS_STATUS_ALLOC_FAILED) {
            throw new DeviceMemoryException("CUDA is out of memory: " + call);
        }
        throw new IllegalStateException("cuBLAS failed: " + call + ": "
                + cublas.cublasGetStatusString(result).getString());
    }

    /** Of cuDNN. */
    static void dnn(int result, String call) {
        String refused = refused(result, call);
        if (refused == null) return;
        throw new IllegalStateException("cuDNN failed: " + refused + "; set cuda.cudnn to false to do without it");
    }

    /**
     * Of a call of cuDNN that may say no.
     *
     * @return what it said; null if it did what was asked for
     * @throws DeviceMemoryException if there is not enough memory
     */
    static @Nullable String refused(int result, String call) {
        if (result == cudnn.CUDNN_STATUS_SUCCESS) return null;
        String what = call + ": " + cudnn.cudnnGetErrorString(result).getString() + lastError();
        boolean memory = result == cudnn.CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED
                || result == cudnn.CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED;
        if (memory) throw new DeviceMemoryException("CUDA is out of memory: " + what);
        return what;
    }

    /** What cuDNN says of its last error, with a comma before it; empty if it says nothing. */
    private static String lastError() {
        byte[] text = new byte[DETAIL_BYTES];
        cudnn.cudnnGetLastErrorString(text, DETAIL_BYTES);
        int length = 0;
        while (length < text.length && text[length] != 0) length++;
        return length == 0 ? "" : ", " + new String(text, 0, length, StandardCharsets.UTF_8).trim();
    }

    /** Of the compiler. */
    static void compiler(int result, String call) {
        if (result == nvrtc.NVRTC_SUCCESS) return;
        throw new IllegalStateException("NVRTC failed: " + call + ": "
                + nvrtc.nvrtcGetErrorString(result).getString());
    }
}
