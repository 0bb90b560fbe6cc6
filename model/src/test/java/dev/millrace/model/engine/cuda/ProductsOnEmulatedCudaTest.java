package dev.millrace.model.engine.cuda;

import static dev.millrace.model.engine.cuda.DeviceCalls.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.cuda.global.cublas.*;
import static org.bytedeco.cuda.global.cudart.*;

import java.util.SplittableRandom;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@OnEmulatedCuda
class ProductsOnEmulatedCudaTest {
    private static final int M = 7, N = 6, K = 5;

    private CUstream_st stream;
    private cublasContext handle;

    @BeforeEach
    void setUp() {
        reset();
        stream = stream();
        handle = new cublasContext();
        check(cublasCreate_v2(handle));
        check(cublasSetStream_v2(handle, stream));
    }

    private static float[] random(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) values[i] = (float) random.nextDouble(-1, 1);
        return values;
    }

    private static FloatPointer factor(float value) {
        return new FloatPointer(1).put(value);
    }

    /** op(A) op(B), column-major, in double; A as stored is [m, k] or [k, m], B [k, n] or [n, k]. */
    private static double[] product(int transposeA, int transposeB, float[] a, float[] b) {
        double[] c = new double[M * N];
        for (int j = 0; j < N; j++) {
            for (int i = 0; i < M; i++) {
                for (int l = 0; l < K; l++) {
                    double x = transposeA == 0 ? a[l * M + i] : a[i * K + l];
                    double y = transposeB == 0 ? b[j * K + l] : b[l * N + j];
                    c[j * M + i] += x * y;
                }
            }
        }
        return c;
    }

    private static void assertClose(float[] found, double[] expected, double tolerance) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(tolerance));
        }
    }

    private int multiply(int transposeA, int transposeB, FloatPointer a, FloatPointer b, float beta, FloatPointer c) {
        return cublasSgemm_v2(
                handle,
                transposeA,
                transposeB,
                M,
                N,
                K,
                factor(1),
                a,
                transposeA == 0 ? M : K,
                b,
                transposeB == 0 ? K : N,
                factor(beta),
                c,
                M);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0,1", "1,0", "1,1"})
    void shouldMultiplyAsALoopDoes(int transposeA, int transposeB) {
        float[] a = random(M * K, 1), b = random(K * N, 2);
        FloatPointer c = floats(M * N);

        check(multiply(transposeA, transposeB, onDevice(a), onDevice(b), 0, c));
        check(cudaStreamSynchronize(stream));

        // Five terms below 1: a few units in the last place of float32.
        assertClose(read(c, M * N), product(transposeA, transposeB, a, b), 1e-6);
    }

    @Test
    void shouldAddToWhatIsThereAndNotReadItWhenBetaIsZero() {
        float[] a = random(M * K, 1), b = random(K * N, 2);
        FloatPointer unwritten = floats(M * N), c = onDevice(new float[M * N]);

        check(multiply(0, 0, onDevice(a), onDevice(b), 0, unwritten));
        check(multiply(0, 0, onDevice(a), onDevice(b), 1, c));
        check(multiply(0, 0, onDevice(a), onDevice(b), 1, c));
        check(cudaStreamSynchronize(stream));

        double[] once = product(0, 0, a, b), twice = once.clone();
        for (int i = 0; i < twice.length; i++) twice[i] *= 2;
        assertClose(read(unwritten, M * N), once, 1e-6);
        assertClose(read(c, M * N), twice, 2e-6);
    }

    @Test
    void shouldRoundFactorsToElevenBitsWhenTf32IsAllowed() {
        // 1 + 2^-11 is half way between two values of 11 bits and goes to the even one, 1; 1 + 3 * 2^-11 to 1 + 2^-9.
        FloatPointer a = onDevice(1 + 0x1p-11f, 1 + 0x3p-11f), b = onDevice(1), c = floats(2);
        check(cublasSetMathMode(handle, CUBLAS_TF32_TENSOR_OP_MATH));

        check(cublasSgemm_v2(handle, 0, 0, 2, 1, 1, factor(1), a, 2, b, 1, factor(0), c, 2));
        check(cudaStreamSynchronize(stream));
        assertThat(read(c, 2)).containsExactly(1, 1 + 0x1p-9f);

        check(cublasSetMathMode(handle, CUBLAS_DEFAULT_MATH));
        check(cublasSgemm_v2(handle, 0, 0, 2, 1, 1, factor(1), a, 2, b, 1, factor(0), c, 2));
        check(cudaStreamSynchronize(stream));
        assertThat(read(c, 2)).containsExactly(1 + 0x1p-11f, 1 + 0x3p-11f);
    }

    @Test
    void shouldMultiplyBfloat16IntoFloat32() {
        // 1.5, -2 and 3 in the upper halves of their float32 bits.
        Pointer a = new Pointer();
        check(cudaMalloc(a, 6));
        check(cudaMemcpy(a, new ShortPointer((short) 0x3FC0, (short) 0xC000, (short) 0x4040), 6, cudaMemcpyDefault));
        FloatPointer c = floats(1);

        check(cublasGemmEx(
                handle,
                1,
                0,
                1,
                1,
                3,
                factor(1),
                a,
                CUDA_R_16BF,
                3,
                a,
                CUDA_R_16BF,
                3,
                factor(0),
                c,
                CUDA_R_32F,
                1,
                CUBLAS_COMPUTE_32F,
                CUBLAS_GEMM_DEFAULT));
        check(cudaStreamSynchronize(stream));

        assertThat(read(c, 1)).containsExactly(1.5f * 1.5f + 4 + 9);
    }

    @Test
    void shouldMultiplyBatches() {
        FloatPointer a = onDevice(1, 2, 3, 4), b = onDevice(10, 100), c = floats(4);

        check(cublasSgemmStridedBatched(handle, 0, 0, 2, 1, 1, factor(1), a, 2, 2, b, 1, 1, factor(0), c, 2, 2, 2));
        check(cudaStreamSynchronize(stream));

        assertThat(read(c, 4)).containsExactly(10, 20, 300, 400);
    }

    @ParameterizedTest
    @CsvSource({"0,1,2", "1,2,1"})
    void shouldMultiplyMatricesWithVectors(int transpose, int incrementX, int incrementY) {
        // Column-major [2, 3]: {1, 3, 5}, {2, 4, 6}.
        FloatPointer a = onDevice(1, 2, 3, 4, 5, 6), x = onDevice(1, 10, 100, 1000), y = onDevice(1, 1, 1, 1);

        check(cublasSgemv_v2(handle, transpose, 2, 3, factor(1), a, 2, x, incrementX, factor(1), y, incrementY));
        check(cudaStreamSynchronize(stream));

        if (transpose == 0) assertThat(read(y, 4)).containsExactly(532, 1, 643, 1);
        else assertThat(read(y, 4)).containsExactly(202, 404, 606, 1);
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        FloatPointer a = onDevice(random(M * K, 1)), b = onDevice(random(K * N, 2)), small = floats(M * N - 1);
        FloatPointer c = floats(M * N);

        assertThat(multiply(0, 0, a, b, 0, small)).isEqualTo(CUBLAS_STATUS_INVALID_VALUE);
        assertThat(multiply(0, 0, a, new FloatPointer(K * N), 0, c)).isEqualTo(CUBLAS_STATUS_INVALID_VALUE);
        assertThat(cublasSgemm_v2(handle, 0, 0, M, N, K, factor(1), a, M - 1, b, K, factor(0), c, M))
                .isEqualTo(CUBLAS_STATUS_INVALID_VALUE);
    }

    @Test
    void shouldRefuseAnotherDevicesHandle() {
        FloatPointer a = onDevice(random(M * K, 1)), b = onDevice(random(K * N, 2)), c = floats(M * N);
        check(cudaSetDevice(1));

        assertThat(multiply(0, 0, a, b, 0, c)).isEqualTo(CUBLAS_STATUS_INVALID_VALUE);
    }

    @Test
    void shouldWaitInItsStreamAndInGraphs() {
        FloatPointer c = onDevice(new float[M * N]);

        check(multiply(0, 0, onDevice(random(M * K, 1)), onDevice(random(K * N, 2)), 0, c));

        assertThat(read(c, M * N)).containsOnly(0f);
        check(cudaStreamSynchronize(stream));
        assertThat(read(c, M * N)).doesNotContain(0f);
    }

    /** cublasLt's descriptions of one product of M x K and K x N, not transposed. */
    private final class Described {
        final cublasLtContext lt = new cublasLtContext();
        final cublasLtMatmulDescOpaque_t operation;
        final cublasLtMatrixLayoutOpaque_t a = layout(M, K), b = layout(K, N), c = layout(M, N);

        Described(int epilogue, Pointer bias) {
            check(cublasLtCreate(lt));
            PointerPointer<cublasLtMatmulDescOpaque_t> made = new PointerPointer<>(1);
            check(cublasLtMatmulDescCreate(made, CUBLAS_COMPUTE_32F, CUDA_R_32F));
            operation = made.get(cublasLtMatmulDescOpaque_t.class, 0);
            set(CUBLASLT_MATMUL_DESC_EPILOGUE, new IntPointer(1).put(epilogue), 4);
            set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, new LongPointer(1).put(bias.address()), 8);
            set(CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, new IntPointer(1).put(CUDA_R_32F), 4);
        }

        private void set(int attribute, Pointer value, long size) {
            check(cublasLtMatmulDescSetAttribute(operation, attribute, value, size));
        }

        private static cublasLtMatrixLayoutOpaque_t layout(int rows, int columns) {
            PointerPointer<cublasLtMatrixLayoutOpaque_t> made = new PointerPointer<>(1);
            check(cublasLtMatrixLayoutCreate(made, CUDA_R_32F, rows, columns, rows));
            return made.get(cublasLtMatrixLayoutOpaque_t.class, 0);
        }

        void multiply(FloatPointer x, FloatPointer y, FloatPointer into) {
            PointerPointer<cublasLtMatmulPreferenceOpaque_t> made = new PointerPointer<>(1);
            check(cublasLtMatmulPreferenceCreate(made));
            cublasLtMatmulPreferenceOpaque_t preference = made.get(cublasLtMatmulPreferenceOpaque_t.class, 0);
            cublasLtMatmulHeuristicResult_t best = new cublasLtMatmulHeuristicResult_t();
            int[] count = new int[1];
            check(cublasLtMatmulAlgoGetHeuristic(lt, operation, a, b, c, c, preference, 1, best, count));
            assertThat(count[0]).isEqualTo(1);
            check(cublasLtMatmul(
                    lt,
                    operation,
                    factor(1),
                    x,
                    a,
                    y,
                    b,
                    factor(0),
                    into,
                    c,
                    into,
                    c,
                    best.algo(),
                    new Pointer(),
                    0,
                    stream));
            check(cudaStreamSynchronize(stream));
            check(cublasLtMatmulPreferenceDestroy(preference));
            check(cublasLtDestroy(lt));
        }
    }

    @ParameterizedTest
    @CsvSource({"1,false,false", "2,true,false", "4,false,true", "6,true,true"})
    void shouldEndWithBiasAndRelu(int epilogue, boolean relu, boolean bias) {
        float[] x = random(M * K, 1), y = random(K * N, 2), shift = random(M, 3);
        FloatPointer c = floats(M * N);

        new Described(epilogue, onDevice(shift)).multiply(onDevice(x), onDevice(y), c);

        double[] expected = product(0, 0, x, y);
        for (int i = 0; i < expected.length; i++) {
            if (bias) expected[i] += shift[i % M];
            if (relu) expected[i] = Math.max(0, expected[i]);
        }
        assertClose(read(c, M * N), expected, 1e-6);
    }

    @Test
    void shouldSumTheFactorsOverTheInnerDimension() {
        float[] x = random(M * K, 1), y = random(K * N, 2);
        FloatPointer c = floats(M * N), rows = floats(M), columns = floats(N);

        new Described(CUBLASLT_EPILOGUE_BGRADA, rows).multiply(onDevice(x), onDevice(y), c);
        new Described(CUBLASLT_EPILOGUE_BGRADB, columns).multiply(onDevice(x), onDevice(y), c);

        double[] sumsOfRows = new double[M], sumsOfColumns = new double[N];
        for (int i = 0; i < M * K; i++) sumsOfRows[i % M] += x[i];
        for (int i = 0; i < K * N; i++) sumsOfColumns[i / K] += y[i];
        assertClose(read(c, M * N), product(0, 0, x, y), 1e-6);
        assertClose(read(rows, M), sumsOfRows, 1e-6);
        assertClose(read(columns, N), sumsOfColumns, 1e-6);
    }
}
