package dev.millrace.model.engine.cuda;

import static dev.millrace.model.engine.cuda.DeviceCalls.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.cuda.global.cudart.*;
import static org.bytedeco.cuda.global.nvrtc.*;

import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@OnEmulatedCuda
class KernelsOnEmulatedCudaTest {
    private static final String ADD = """
            extern "C" __global__ void add(const float* __restrict__ a, const float* __restrict__ b, float* c, int n) {
              int i = blockIdx.x * blockDim.x + threadIdx.x;
              if (i < n) c[i] = a[i] + b[i];
            }
            """;

    private static final String BARRIER_SUM = """
            #define THREADS 128
            extern "C" __global__ void sum(const float* x, float* sums, int n) {
              __shared__ float part[THREADS];
              float mine = 0.0f;
              for (int i = blockIdx.x * THREADS + threadIdx.x; i < n; i += gridDim.x * THREADS) mine += x[i];
              part[threadIdx.x] = mine;
              __syncthreads();
              for (int half = THREADS / 2; half > 0; half /= 2) {
                if (threadIdx.x < half) part[threadIdx.x] += part[threadIdx.x + half];
                __syncthreads();
              }
              if (threadIdx.x == 0) sums[blockIdx.x] = part[0];
            }
            """;

    private static final String SHUFFLE_SUM = """
            __device__ __forceinline__ float warpSum(float x) {
              for (int step = 16; step > 0; step /= 2) x += __shfl_down_sync(0xFFFFFFFFu, x, step);
              return x;
            }
            __device__ __forceinline__ float blockSum(float x) {
              __shared__ float warps[32];
              x = warpSum(x);
              if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = x;
              __syncthreads();
              x = threadIdx.x < blockDim.x / 32 ? warps[threadIdx.x] : 0.0f;
              if (threadIdx.x < 32) x = warpSum(x);
              return x;
            }
            extern "C" __global__ void sum(const float* x, float* sums, int n) {
              int i = blockIdx.x * blockDim.x + threadIdx.x;
              float total = blockSum(i < n ? x[i] : 0.0f);
              if (threadIdx.x == 0) sums[blockIdx.x] = total;
            }
            """;

    private CUstream_st stream;

    @BeforeEach
    void setUp() {
        reset();
        stream = stream();
    }

    private static float[] whole(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) values[i] = i % 17;
        return values;
    }

    private static float sum(float[] values, int from, int to) {
        float sum = 0;
        for (int i = from; i < to; i++) sum += values[i];
        return sum;
    }

    @Test
    void shouldAddVectors() {
        FloatPointer a = onDevice(1, 2, 3), b = onDevice(10, 20, 30), c = floats(3);

        check(launch(kernel("add", ADD), 1, 32, stream, a, b, c, 3));
        check(cudaStreamSynchronize(stream));

        assertThat(read(c, 3)).containsExactly(11, 22, 33);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void shouldReduceOverBarriersWhateverTheOrderOfThreads(long seed) {
        EmulatedCuda.seed(seed);
        float[] x = whole(1000);
        FloatPointer sums = floats(2);

        check(launch(kernel("sum", BARRIER_SUM), 2, 128, stream, onDevice(x), sums, 1000));
        check(cudaStreamSynchronize(stream));

        // Small whole numbers: exact in any order.
        float[] found = read(sums, 2);
        assertThat(found[0] + found[1]).isEqualTo(sum(x, 0, 1000));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void shouldReduceOverShufflesWhateverTheOrderOfThreads(long seed) {
        EmulatedCuda.seed(seed);
        float[] x = whole(500);
        FloatPointer sums = floats(2);

        check(launch(kernel("sum", SHUFFLE_SUM), 2, 256, stream, onDevice(x), sums, 500));
        check(cudaStreamSynchronize(stream));

        assertThat(read(sums, 2)).containsExactly(sum(x, 0, 256), sum(x, 256, 500));
    }

    @Test
    void shouldShuffleByExclusiveOr() {
        FloatPointer x = floats(64);
        CUfunc_st swap = kernel("swap", """
                extern "C" __global__ void swap(float* x) {
                  float mine = threadIdx.x;
                  x[threadIdx.x] = __shfl_xor_sync(0xFFFFFFFF, mine, 1);
                }
                """);

        check(launch(swap, 1, 64, stream, x));
        check(cudaStreamSynchronize(stream));

        float[] found = read(x, 64);
        for (int i = 0; i < 64; i++) assertThat(found[i]).isEqualTo(i ^ 1);
    }

    @Test
    void shouldKnowCudasMathAndBits() {
        FloatPointer x = floats(6);
        CUfunc_st math = kernel("math", """
                extern "C" __global__ void math(float* x, long long large, unsigned long long seed) {
                  x[0] = __uint_as_float(__float_as_uint(1.5f) + 1u);
                  x[1] = rsqrtf(4.0f) + log1pf(0.0f) + fmaxf(1.0f, fminf(3.0f, 2.0f));
                  x[2] = large > 1LL << 40 ? 1.0f : 0.0f;
                  x[3] = (float) (seed >> 60);
                  x[4] = 0.0f;
                  atomicAdd(&x[4], 2.5f);
                  x[5] = tanhf(0.0f) + expf(0.0f) + __ldg(x + 4);
                }
                """);

        check(launch(math, 1, 1, stream, x, 1L << 41, 0xF000000000000000L));
        check(cudaStreamSynchronize(stream));

        assertThat(read(x, 6)).containsExactly(Math.nextUp(1.5f), 2.5f, 1f, 15f, 2.5f, 3.5f);
    }

    @Test
    void shouldTakeOptionsAndNameKernelsThroughMacros() {
        Compilation compiled = compile(
                "#define KERNEL extern \"C\" __global__ void __launch_bounds__(256)\nKERNEL fill(float *x) { *x = VALUE; }",
                "-DVALUE=7.0f",
                "--gpu-architecture=sm_90");
        assertThat(compiled.result()).isEqualTo(NVRTC_SUCCESS);
        CUmod_st module = new CUmod_st();
        check(cuModuleLoadData(module, compiled.image()));
        CUfunc_st fill = new CUfunc_st();
        check(cuModuleGetFunction(fill, module, "fill"));
        FloatPointer x = floats(1);

        check(launch(fill, 1, 1, stream, x));
        check(cudaStreamSynchronize(stream));

        assertThat(read(x, 1)).containsExactly(7);
        assertThat(cuModuleGetFunction(fill, module, "other")).isEqualTo(CUDA_ERROR_NOT_FOUND);
    }

    @Test
    void shouldReportWhatDoesNotCompileWithItsLine() {
        Compilation compiled = compile("\n\nextern \"C\" __global__ void f(float *x) { *x = unknown; }");

        assertThat(compiled.result()).isEqualTo(NVRTC_ERROR_COMPILATION);
        assertThat(compiled.log()).contains("test.cu:3").contains("unknown");
    }

    @Test
    void shouldRefuseUnknownOptionsAndOldArchitectures() {
        String source = "extern \"C\" __global__ void f() {}";

        assertThat(compile(source, "--no-such-option").result()).isEqualTo(NVRTC_ERROR_INVALID_OPTION);
        assertThat(compile(source, "--gpu-architecture=sm_60").result()).isEqualTo(NVRTC_ERROR_INVALID_OPTION);
    }

    @Test
    void shouldRefuseImagesOfAnotherArchitecture() {
        Compilation compiled = compile("extern \"C\" __global__ void f() {}", "--gpu-architecture=sm_100");

        assertThat(compiled.result()).isEqualTo(NVRTC_SUCCESS);
        assertThat(cuModuleLoadData(new CUmod_st(), compiled.image())).isEqualTo(209);
    }

    @Test
    void shouldRefuseBlocksThatAreTooLargeOrEmpty() {
        CUfunc_st nothing = kernel("nothing", "extern \"C\" __global__ void nothing() {}");

        assertThat(launch(nothing, 1, 1025, stream)).isEqualTo(CUDA_ERROR_INVALID_VALUE);
        assertThat(launch(nothing, 0, 32, stream)).isEqualTo(CUDA_ERROR_INVALID_VALUE);
        assertThat(launch(nothing, 1, 32, stream)).isEqualTo(cudaSuccess);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x[n] = 0.0f", "x[-1] = 0.0f", "x[0] = x[n]", "*(float*) 16 = 0.0f"})
    void shouldStopAtAnAccessOutsideOfTheMemory(String statement) {
        FloatPointer x = floats(10);
        CUfunc_st wrong = kernel("wrong", "extern \"C\" __global__ void wrong(float* x, int n) { " + statement + "; }");

        check(launch(wrong, 1, 1, stream, x, 10));

        assertThat(cudaStreamSynchronize(stream)).isEqualTo(cudaErrorIllegalAddress);
        assertThat(cudaMalloc(new FloatPointer(), 4)).isEqualTo(cudaErrorIllegalAddress);
        assertThat(cudaGetErrorName(cudaGetLastError()).getString()).isEqualTo("cudaErrorIllegalAddress");
    }

    @Test
    void shouldStopAtAnAccessToFreedMemory() {
        FloatPointer x = onDevice(1);
        CUfunc_st add = kernel("add", ADD);
        check(cudaFree(x));

        check(launch(add, 1, 1, stream, x, x, x, 1));

        assertThat(cudaStreamSynchronize(stream)).isEqualTo(cudaErrorIllegalAddress);
    }

    @Test
    void shouldStopAtMemoryOfAnotherDevice() {
        check(cudaSetDevice(1));
        FloatPointer elsewhere = onDevice(1);
        check(cudaSetDevice(0));
        FloatPointer here = onDevice(1);

        check(launch(kernel("add", ADD), 1, 1, stream, here, elsewhere, here, 1));

        assertThat(cudaStreamSynchronize(stream)).isEqualTo(cudaErrorIllegalAddress);
    }

    @Test
    void shouldStopWhereThreadsWaitForOthersThatDoNotCome() {
        CUfunc_st divided = kernel("divided", """
                extern "C" __global__ void divided(float* x) {
                  if (threadIdx.x < 7) __syncthreads();
                  x[threadIdx.x] = 1.0f;
                }
                """);

        check(launch(divided, 1, 32, stream, floats(32)));

        assertThat(cudaStreamSynchronize(stream)).isEqualTo(cudaErrorLaunchFailure);
    }

    @Test
    void shouldShowSharedMemoryThatWasNeverWritten() {
        FloatPointer x = floats(1);
        CUfunc_st stale = kernel("stale", """
                extern "C" __global__ void stale(float* x, int at) {
                  __shared__ float kept[4];
                  *x = kept[at];
                  kept[at] = 1.0f;
                }
                """);

        check(launch(stale, 2, 1, stream, x, 2));
        check(cudaStreamSynchronize(stream));

        assertThat(read(x, 1)[0]).isNaN();
    }

    @Test
    void shouldCopyArgumentsWhenTheLaunchIsAskedFor() {
        FloatPointer x = floats(1);
        CUfunc_st fill = kernel("fill", "extern \"C\" __global__ void fill(float* x, float value) { *x = value; }");
        FloatPointer value = new FloatPointer(1).put(3f);

        check(cuLaunchKernel(
                fill,
                1,
                1,
                1,
                1,
                1,
                1,
                0,
                stream,
                new PointerPointer<>(new LongPointer(1).put(x.address()), value),
                (PointerPointer<?>) null));
        value.put(99f);
        check(cudaStreamSynchronize(stream));

        assertThat(read(x, 1)).containsExactly(3);
    }

    @Test
    void shouldWantAContextInEveryThreadThatCallsTheDriver() throws InterruptedException {
        CUfunc_st nothing = kernel("nothing", "extern \"C\" __global__ void nothing() {}");
        check(cuInit(0));
        int[] errors = new int[2];

        Thread thread = new Thread(() -> {
            errors[0] = launch(nothing, 1, 1, stream);
            check(cudaSetDevice(0));
            errors[1] = launch(nothing, 1, 1, stream);
        });
        thread.start();
        thread.join();

        assertThat(errors).containsExactly(CUDA_ERROR_INVALID_CONTEXT, cudaSuccess);
    }
}
