package dev.millrace.model.engine.cuda.check;

import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F;
import static org.bytedeco.cuda.global.cublas.CUBLAS_COMPUTE_32F_FAST_TF32;
import static org.bytedeco.cuda.global.cublas.CUBLAS_GEMM_DEFAULT;
import static org.bytedeco.cuda.global.cublas.CUBLAS_OP_N;
import static org.bytedeco.cuda.global.cublas.cublasCreate_v2;
import static org.bytedeco.cuda.global.cublas.cublasDestroy_v2;
import static org.bytedeco.cuda.global.cublas.cublasGemmEx;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16BF;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;
import static org.bytedeco.cuda.global.cudart.cudaDeviceSynchronize;
import static org.bytedeco.cuda.global.cudart.cudaFree;
import static org.bytedeco.cuda.global.cudart.cudaMalloc;
import static org.bytedeco.cuda.global.cudart.cudaMemGetInfo;
import static org.bytedeco.cuda.global.cudart.cudaMemset;

import dev.millrace.model.engine.cuda.Precision;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/** What the first device is and does without an engine. */
final class Device {
    private static final int REPEATS = 12;

    private Device() {}

    private static void check(int status, String call) {
        if (status != 0) throw new IllegalStateException(call + " failed with " + status);
    }

    static long freeBytes() {
        try (SizeTPointer free = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1)) {
            check(cudaMemGetInfo(free, total), "cudaMemGetInfo");
            return free.get();
        }
    }

    /** What cuBLAS makes of a product of two n x n matrices: the fastest of some, 2 n^3 operations each, per second. */
    static double matrixRate(int n, Precision precision) {
        boolean half = precision == Precision.BFLOAT16;
        int type = half ? CUDA_R_16BF : CUDA_R_32F;
        int compute = precision == Precision.TF32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
        long bytes = (half ? 2L : 4L) * n * n;
        cublasContext handle = new cublasContext();
        Pointer a = new Pointer();
        Pointer b = new Pointer();
        Pointer c = new Pointer();
        try (FloatPointer one = new FloatPointer(new float[] {1});
                FloatPointer zero = new FloatPointer(new float[] {0})) {
            check(cublasCreate_v2(handle), "cublasCreate");
            check(cudaMalloc(a, bytes), "cudaMalloc");
            check(cudaMalloc(b, bytes), "cudaMalloc");
            check(cudaMalloc(c, 4L * n * n), "cudaMalloc");
            check(cudaMemset(a, 0x3c, bytes), "cudaMemset"); // small numbers, not zeros: those draw less power
            check(cudaMemset(b, 0x3c, bytes), "cudaMemset");
            long best = Long.MAX_VALUE;
            for (int i = 0; i < REPEATS; i++) {
                check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
                long began = System.nanoTime();
                int status = cublasGemmEx(
                        handle,
                        CUBLAS_OP_N,
                        CUBLAS_OP_N,
                        n,
                        n,
                        n,
                        one,
                        a,
                        type,
                        n,
                        b,
                        type,
                        n,
                        zero,
                        c,
                        CUDA_R_32F,
                        n,
                        compute,
                        CUBLAS_GEMM_DEFAULT);
                check(status, "cublasGemmEx");
                check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
                if (i > 1) best = Math.min(best, System.nanoTime() - began);
            }
            return 2.0 * n * n * n / (best / 1e9);
        } finally {
            cudaFree(a);
            cudaFree(b);
            cudaFree(c);
            cublasDestroy_v2(handle);
        }
    }
}
