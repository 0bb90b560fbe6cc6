package dev.millrace.model.engine.cuda.device;

import static org.bytedeco.cuda.global.cudart.CUDA_ERROR_OUT_OF_MEMORY;
import static org.bytedeco.cuda.global.cudart.CUDA_SUCCESS;
import static org.bytedeco.cuda.global.cudart.cudaErrorMemoryAllocation;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorName;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaGetLastError;
import static org.bytedeco.cuda.global.cudart.cudaSuccess;

import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.nvrtc;

/** Turns what CUDA's functions return into exceptions that name the call. */
final class Check {
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

    /** Of the compiler. */
    static void compiler(int result, String call) {
        if (result == nvrtc.NVRTC_SUCCESS) return;
        throw new IllegalStateException("NVRTC failed: " + call + ": "
                + nvrtc.nvrtcGetErrorString(result).getString());
    }
}
