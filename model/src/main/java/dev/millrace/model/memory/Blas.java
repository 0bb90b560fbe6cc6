package dev.millrace.model.memory;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;
import static org.bytedeco.dnnl.global.dnnl.dnnl_sgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sger;

import org.bytedeco.javacpp.FloatPointer;

/**
 * Matrix products on off-heap memory, row-major, by the library that is faster for the shape: OpenBLAS for vectors,
 * oneDNN for the rest, except that with AVX-512 OpenBLAS is faster for narrow products too (784 to 10, 1,024 rows, one
 * step: 410 us against 687 on Zen 4; with AVX2 alone, on Zen 3, oneDNN does these products at twice to four times the
 * rate).
 */
public final class Blas {
    /** At most so many units make a product narrow. */
    private static final int NARROW = hasAvx512() ? 16 : 0;

    private static boolean hasAvx512() {
        return (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
    }

    private Blas() {}

    /** {@code z[rows, units] += x[rows, inputs] w[units, inputs]'}. */
    public static void forward(FloatPointer x, FloatPointer w, FloatPointer z, int rows, int inputs, int units) {
        if (rows == 1) {
            cblas_sgemv(CblasRowMajor, CblasNoTrans, units, inputs, 1f, w, inputs, x, 1, 1f, z, 1);
        } else if (units <= NARROW) {
            cblas_sgemm(
                    CblasRowMajor,
                    CblasNoTrans,
                    CblasTrans,
                    rows,
                    units,
                    inputs,
                    1f,
                    x,
                    inputs,
                    w,
                    inputs,
                    1f,
                    z,
                    units);
        } else {
            dnnl_sgemm((byte) 'N', (byte) 'T', rows, units, inputs, 1f, x, inputs, w, inputs, 1f, z, units);
        }
    }

    /** {@code dw[units, inputs] = beta dw + dz[rows, units]' x[rows, inputs]}. */
    public static void weightGradient(
            FloatPointer dz, FloatPointer x, FloatPointer dw, float beta, int rows, int inputs, int units) {
        if (rows == 1 && beta == 1f) {
            cblas_sger(CblasRowMajor, units, inputs, 1f, dz, 1, x, 1, dw, inputs);
        } else if (units <= NARROW) {
            cblas_sgemm(
                    CblasRowMajor,
                    CblasTrans,
                    CblasNoTrans,
                    units,
                    inputs,
                    rows,
                    1f,
                    dz,
                    units,
                    x,
                    inputs,
                    beta,
                    dw,
                    inputs);
        } else {
            dnnl_sgemm((byte) 'T', (byte) 'N', units, inputs, rows, 1f, dz, units, x, inputs, beta, dw, inputs);
        }
    }

    /** {@code dx[rows, inputs] = dz[rows, units] w[units, inputs]}. */
    public static void inputGradient(
            FloatPointer dz, FloatPointer w, FloatPointer dx, int rows, int inputs, int units) {
        if (rows == 1) {
            cblas_sgemv(CblasRowMajor, CblasTrans, units, inputs, 1f, w, inputs, dz, 1, 0f, dx, 1);
        } else if (units <= NARROW) {
            cblas_sgemm(
                    CblasRowMajor,
                    CblasNoTrans,
                    CblasNoTrans,
                    rows,
                    inputs,
                    units,
                    1f,
                    dz,
                    units,
                    w,
                    inputs,
                    0f,
                    dx,
                    inputs);
        } else {
            dnnl_sgemm((byte) 'N', (byte) 'N', rows, inputs, units, 1f, dz, units, w, inputs, 0f, dx, inputs);
        }
    }

    /** {@code c[m, n] = a[m, k] b[k, n]}. */
    public static void product(FloatPointer a, FloatPointer b, FloatPointer c, int m, int k, int n) {
        dnnl_sgemm((byte) 'N', (byte) 'N', m, n, k, 1f, a, k, b, n, 0f, c, n);
    }

    /**
     * {@code c[m, n] = alpha op(a) op(b)}, op(a) [m, k] and op(b) [k, n]; rows lie {@code lda}, {@code ldb} and {@code ldc}
     * values apart.
     *
     * @param opA N for a as it is, T for its transpose
     * @param opB the same of b
     */
    public static void product(
            char opA,
            char opB,
            int m,
            int k,
            int n,
            float alpha,
            FloatPointer a,
            int lda,
            FloatPointer b,
            int ldb,
            FloatPointer c,
            int ldc) {
        dnnl_sgemm((byte) opA, (byte) opB, m, n, k, alpha, a, lda, b, ldb, 0f, c, ldc);
    }

    /** {@code c[m, n] = beta c + a[k, m]' b[k, n]}. */
    public static void transposedProduct(
            FloatPointer a, FloatPointer b, FloatPointer c, float beta, int m, int k, int n) {
        dnnl_sgemm((byte) 'T', (byte) 'N', m, n, k, 1f, a, m, b, n, beta, c, n);
    }

    /** {@code c[m, n] = a[m, k] b[n, k]'}, with rows of c {@code stride >= n} apart. */
    public static void productWithTransposed(
            FloatPointer a, FloatPointer b, FloatPointer c, int stride, int m, int k, int n) {
        dnnl_sgemm((byte) 'N', (byte) 'T', m, n, k, 1f, a, k, b, k, 0f, c, stride);
    }

    /** {@code y[length] += x[length]}. */
    public static void add(FloatPointer x, FloatPointer y, int length) {
        cblas_saxpy(length, 1f, x, 1, y, 1);
    }

    /** {@code sums[units] += ones[rows]' z[rows, units]}. */
    public static void addColumnSums(FloatPointer z, FloatPointer ones, FloatPointer sums, int rows, int units) {
        cblas_sgemv(CblasRowMajor, CblasTrans, rows, units, 1f, z, units, ones, 1, 1f, sums, 1);
    }
}
