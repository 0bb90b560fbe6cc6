package dev.millrace.model.engine.cuda.device;

import static org.bytedeco.cuda.global.cublas.*;
import static org.bytedeco.cuda.global.cudart.CUDA_R_16BF;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;

import dev.millrace.model.engine.cuda.Precision;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Products of row-major matrices by cuBLASLt, whose own are column-major: {@code C = A B} is asked for as {@code C' = B' A'}.
 * How each is computed is asked once for a shape, its types and its alignment. Where cuBLASLt knows no way, as of some odd shapes,
 * cuBLAS computes it and a kernel of ours what follows.
 */
public final class Products implements AutoCloseable {
    /** What NVIDIA recommends for Hopper; older cards want less. */
    private static final long WORKSPACE = 32L << 20;

    private static final int ALIGNED = 256;

    private final cublasLtContext handle = new cublasLtContext();
    private final cublasContext cublas = new cublasContext();
    private final Device device;
    private final Stream stream;
    private final Precision precision;
    private final boolean deterministic;
    private final DeviceMemory workspace;
    private final Map<Shape, Optional<Plan>> plans = new HashMap<>();
    private final FloatPointer one = new FloatPointer(1f);
    private final FloatPointer zero = new FloatPointer(0f);
    private final LongPointer bias = new LongPointer(1);
    private final Address a = new Address();
    private final Address b = new Address();
    private final Address c = new Address();
    private final Address space = new Address();

    Products(Device device, Stream stream, Precision precision, boolean deterministic) {
        this.device = device;
        this.stream = stream;
        this.precision = precision;
        this.deterministic = deterministic;
        this.workspace = device.allocate(WORKSPACE);
        Check.blas(cublasLtCreate(handle), "cublasLtCreate");
        Check.blas(cublasCreate_v2(cublas), "cublasCreate");
        Check.blas(cublasSetStream_v2(cublas, stream.handle), "cublasSetStream");
        Check.blas(cublasSetWorkspace_v2(cublas, space.at(workspace.address()), WORKSPACE), "cublasSetWorkspace");
    }

    /** What follows a product before it is written. */
    public enum Epilogue {
        /** Nothing. */
        NONE,
        /** A bias is added to each row. */
        BIAS,
        /** That, and max(z, 0). */
        RELU_BIAS
    }

    /** As cuBLASLt has it: the left factor is ours on the right, transposed. */
    private record Shape(
            int m,
            int n,
            int k,
            boolean transposeLeft,
            boolean transposeRight,
            int leadingLeft,
            int leadingRight,
            boolean wideFactors,
            boolean wideResult,
            Epilogue epilogue,
            int alignedLeft,
            int alignedRight,
            int alignedResult) {}

    private record Plan(
            cublasLtMatmulDescOpaque_t description,
            cublasLtMatrixLayoutOpaque_t left,
            cublasLtMatrixLayoutOpaque_t right,
            cublasLtMatrixLayoutOpaque_t result,
            cublasLtMatmulHeuristicResult_t answer,
            cublasLtMatmulAlgo_t algorithm) {
        void close() {
            cublasLtMatmulDescDestroy(description);
            cublasLtMatrixLayoutDestroy(left);
            cublasLtMatrixLayoutDestroy(right);
            cublasLtMatrixLayoutDestroy(result);
            answer.close();
        }
    }

    /** {@code C = A B}, [rows, inner] times [inner, columns], with a bias of [columns] by the epilogue. */
    public void times(Tensor x, Tensor y, Tensor into, int rows, int columns, int inner, Epilogue then, Tensor added) {
        product(y, false, columns, x, false, inner, into, columns, rows, inner, false, then, added);
    }

    /** {@code C = A B'}, [rows, inner] times [columns, inner] transposed, with a bias of [columns] by the epilogue. */
    public void timesTransposed(
            Tensor x, Tensor y, Tensor into, int rows, int columns, int inner, Epilogue then, Tensor added) {
        product(y, true, inner, x, false, inner, into, columns, rows, inner, false, then, added);
    }

    /** {@code C = A' B}, or {@code C += A' B}: [inner, rows] transposed times [inner, columns]. */
    public void transposedTimes(Tensor x, Tensor y, Tensor into, int rows, int columns, int inner, boolean add) {
        product(y, false, columns, x, true, rows, into, columns, rows, inner, add, Epilogue.NONE, into);
    }

    private void product(
            Tensor left,
            boolean transposeLeft,
            int leadingLeft,
            Tensor right,
            boolean transposeRight,
            int leadingRight,
            Tensor into,
            int m,
            int n,
            int k,
            boolean add,
            Epilogue epilogue,
            Tensor added) {
        if (left.wide() != right.wide()) throw new IllegalArgumentException("factors must be of one type");
        Shape shape = new Shape(
                m,
                n,
                k,
                transposeLeft,
                transposeRight,
                leadingLeft,
                leadingRight,
                left.wide(),
                into.wide(),
                epilogue,
                alignment(left),
                alignment(right),
                alignment(into));
        Plan plan = plans.computeIfAbsent(shape, this::plan).orElse(null);
        if (plan == null) {
            productByCublas(shape, left, right, into, add);
            follow(epilogue, into, n, m, added);
            return;
        }
        if (epilogue != Epilogue.NONE) {
            set(plan.description(), CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias.put(added.address()), Long.BYTES);
        }
        c.at(into.address());
        int result = cublasLtMatmul(
                handle,
                plan.description(),
                one,
                a.at(left.address()),
                plan.left(),
                b.at(right.address()),
                plan.right(),
                add ? one : zero,
                c,
                plan.result(),
                c,
                plan.result(),
                plan.algorithm(),
                space.at(workspace.address()),
                WORKSPACE,
                stream.handle);
        Check.blas(result, "cublasLtMatmul of " + shape);
    }

    private static int alignment(Tensor tensor) {
        return (int) Math.min(Long.lowestOneBit(tensor.address()), ALIGNED);
    }

    private Optional<Plan> plan(Shape shape) {
        int factors = type(shape.wideFactors());
        int result = type(shape.wideResult());
        cublasLtMatmulDescOpaque_t description = description(shape, result);
        cublasLtMatrixLayoutOpaque_t left = layout(
                factors,
                shape.transposeLeft() ? shape.k() : shape.m(),
                shape.transposeLeft() ? shape.m() : shape.k(),
                shape.leadingLeft());
        cublasLtMatrixLayoutOpaque_t right = layout(
                factors,
                shape.transposeRight() ? shape.n() : shape.k(),
                shape.transposeRight() ? shape.k() : shape.n(),
                shape.leadingRight());
        cublasLtMatrixLayoutOpaque_t into = layout(result, shape.m(), shape.n(), shape.m());
        cublasLtMatmulHeuristicResult_t answer = new cublasLtMatmulHeuristicResult_t();
        cublasLtMatmulPreferenceOpaque_t preference = preference(shape);
        int[] found = new int[1];
        try {
            int asked = cublasLtMatmulAlgoGetHeuristic(
                    handle, description, left, right, into, into, preference, 1, answer, found);
            if (asked != CUBLAS_STATUS_NOT_SUPPORTED) Check.blas(asked, "cublasLtMatmulAlgoGetHeuristic of " + shape);
        } finally {
            cublasLtMatmulPreferenceDestroy(preference);
        }
        Plan plan = new Plan(description, left, right, into, answer, answer.algo());
        if (found[0] > 0) return Optional.of(plan);
        plan.close();
        return Optional.empty();
    }

    private void productByCublas(Shape shape, Tensor left, Tensor right, Tensor into, boolean add) {
        int factors = type(shape.wideFactors());
        int result = cublasGemmEx(
                cublas,
                shape.transposeLeft() ? CUBLAS_OP_T : CUBLAS_OP_N,
                shape.transposeRight() ? CUBLAS_OP_T : CUBLAS_OP_N,
                shape.m(),
                shape.n(),
                shape.k(),
                one,
                a.at(left.address()),
                factors,
                shape.leadingLeft(),
                b.at(right.address()),
                factors,
                shape.leadingRight(),
                add ? one : zero,
                c.at(into.address()),
                type(shape.wideResult()),
                shape.m(),
                computeType(),
                CUBLAS_GEMM_DEFAULT);
        Check.blas(result, "cublasGemmEx of " + shape);
    }

    private void follow(Epilogue epilogue, Tensor into, int rows, int columns, Tensor added) {
        if (epilogue == Epilogue.NONE) return;
        device.kernel("addBias")
                .tensor(into)
                .tensor(added)
                .integer(rows)
                .integer(columns)
                .flag(epilogue == Epilogue.RELU_BIAS)
                .elements((long) rows * columns);
    }

    private cublasLtMatmulDescOpaque_t description(Shape shape, int result) {
        try (PointerPointer<Pointer> holder = new PointerPointer<>(1)) {
            Check.blas(cublasLtMatmulDescCreate(holder, computeType(), CUDA_R_32F), "cublasLtMatmulDescCreate");
            cublasLtMatmulDescOpaque_t description = new cublasLtMatmulDescOpaque_t(holder.get(0));
            set(description, CUBLASLT_MATMUL_DESC_TRANSA, shape.transposeLeft() ? CUBLAS_OP_T : CUBLAS_OP_N);
            set(description, CUBLASLT_MATMUL_DESC_TRANSB, shape.transposeRight() ? CUBLAS_OP_T : CUBLAS_OP_N);
            set(description, CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue(shape.epilogue()));
            if (shape.epilogue() != Epilogue.NONE) set(description, CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE, result);
            return description;
        }
    }

    private static int epilogue(Epilogue epilogue) {
        return switch (epilogue) {
            case NONE -> CUBLASLT_EPILOGUE_DEFAULT;
            case BIAS -> CUBLASLT_EPILOGUE_BIAS;
            case RELU_BIAS -> CUBLASLT_EPILOGUE_RELU_BIAS;
        };
    }

    private int computeType() {
        return precision == Precision.TF32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
    }

    private cublasLtMatmulPreferenceOpaque_t preference(Shape shape) {
        try (PointerPointer<Pointer> holder = new PointerPointer<>(1);
                LongPointer bytes = new LongPointer(1).put(WORKSPACE)) {
            Check.blas(cublasLtMatmulPreferenceCreate(holder), "cublasLtMatmulPreferenceCreate");
            cublasLtMatmulPreferenceOpaque_t preference = new cublasLtMatmulPreferenceOpaque_t(holder.get(0));
            set(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, bytes, Long.BYTES);
            set(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, shape.alignedLeft());
            set(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, shape.alignedRight());
            set(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, shape.alignedResult());
            set(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, shape.alignedResult());
            // A sum that is split is put together in no certain order.
            if (deterministic) {
                set(preference, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, CUBLASLT_REDUCTION_SCHEME_NONE);
            }
            return preference;
        }
    }

    private static int type(boolean wide) {
        return wide ? CUDA_R_32F : CUDA_R_16BF;
    }

    private static cublasLtMatrixLayoutOpaque_t layout(int type, int rows, int columns, int leading) {
        try (PointerPointer<Pointer> holder = new PointerPointer<>(1)) {
            int result = cublasLtMatrixLayoutCreate(holder, type, rows, columns, leading);
            Check.blas(result, "cublasLtMatrixLayoutCreate");
            return new cublasLtMatrixLayoutOpaque_t(holder.get(0));
        }
    }

    private static void set(cublasLtMatmulDescOpaque_t description, int attribute, int value) {
        try (IntPointer pointer = new IntPointer(1).put(value)) {
            set(description, attribute, pointer, Integer.BYTES);
        }
    }

    private static void set(cublasLtMatmulDescOpaque_t description, int attribute, Pointer value, long bytes) {
        int result = cublasLtMatmulDescSetAttribute(description, attribute, value, bytes);
        Check.blas(result, "cublasLtMatmulDescSetAttribute " + attribute);
    }

    private static void set(cublasLtMatmulPreferenceOpaque_t preference, int attribute, int value) {
        try (IntPointer pointer = new IntPointer(1).put(value)) {
            set(preference, attribute, pointer, Integer.BYTES);
        }
    }

    private static void set(cublasLtMatmulPreferenceOpaque_t preference, int attribute, Pointer value, long bytes) {
        int result = cublasLtMatmulPreferenceSetAttribute(preference, attribute, value, bytes);
        Check.blas(result, "cublasLtMatmulPreferenceSetAttribute " + attribute);
    }

    /**
     * {@code C_i = A_i' B_i} of each of a batch: [inner, rows] transposed times [inner, columns], one behind the other.
     *
     * @param into float32, [batch, rows, columns]
     */
    public void transposedTimesEach(Tensor x, Tensor y, Tensor into, int rows, int columns, int inner, int batch) {
        transposedTimesEach(
                new Matrices(x, rows, (long) inner * rows),
                new Matrices(y, columns, (long) inner * columns),
                new Matrices(into, columns, (long) rows * columns),
                rows,
                columns,
                inner,
                batch);
    }

    /** {@code C_i = A_i' B_i} of each of a batch: [inner, rows] transposed times [inner, columns]. */
    public void transposedTimesEach(
            Matrices x, Matrices y, Matrices into, int rows, int columns, int inner, int batch) {
        each(x, true, y, false, into, rows, columns, inner, batch);
    }

    /** {@code C_i = A_i B_i'} of each of a batch: [rows, inner] times [columns, inner] transposed. */
    public void timesTransposedEach(
            Matrices x, Matrices y, Matrices into, int rows, int columns, int inner, int batch) {
        each(x, false, y, true, into, rows, columns, inner, batch);
    }

    /** {@code C_i = A_i B_i} of each of a batch: [rows, inner] times [inner, columns]. */
    public void timesEach(Matrices x, Matrices y, Matrices into, int rows, int columns, int inner, int batch) {
        each(x, false, y, false, into, rows, columns, inner, batch);
    }

    private void each(
            Matrices x,
            boolean transposeX,
            Matrices y,
            boolean transposeY,
            Matrices into,
            int rows,
            int columns,
            int inner,
            int batch) {
        if (x.first().wide() != y.first().wide()) throw new IllegalArgumentException("factors must be of one type");
        int type = type(x.first().wide());
        int result = cublasGemmStridedBatchedEx(
                cublas,
                transposeY ? CUBLAS_OP_T : CUBLAS_OP_N,
                transposeX ? CUBLAS_OP_T : CUBLAS_OP_N,
                columns,
                rows,
                inner,
                one,
                a.at(y.first().address()),
                type,
                y.leading(),
                y.apart(),
                b.at(x.first().address()),
                type,
                x.leading(),
                x.apart(),
                zero,
                c.at(into.first().address()),
                type(into.first().wide()),
                into.leading(),
                into.apart(),
                batch,
                computeType(),
                CUBLAS_GEMM_DEFAULT);
        Check.blas(result, "cublasGemmStridedBatchedEx");
    }

    @Override
    public void close() {
        for (Optional<Plan> plan : plans.values()) plan.ifPresent(Plan::close);
        plans.clear();
        Check.blas(cublasDestroy_v2(cublas), "cublasDestroy");
        Check.blas(cublasLtDestroy(handle), "cublasLtDestroy");
        workspace.close();
    }
}
