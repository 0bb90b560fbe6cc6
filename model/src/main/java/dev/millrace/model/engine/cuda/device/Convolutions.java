package dev.millrace.model.engine.cuda.device;

import static org.bytedeco.cuda.global.cudnn.*;

import dev.millrace.model.engine.cuda.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Convolutions by cuDNN, through its graphs: the functions for single convolutions are deprecated since cuDNN 9. Images are
 * [images, height, width, channels], filters [filters, height, width, channels]; factors are float32 or bfloat16, sums float32.
 *
 * <p>How each is computed is asked once for a shape and its types. cuDNN's heuristics list engines from the fastest to the
 * slowest; the first is taken that keeps to the precision, is deterministic if that is asked for, starts on this device and has
 * enough workspace.
 */
public final class Convolutions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Convolutions.class);

    /** Most workspace, as much as patches of one layer may take; of the room on a small device an eighth. */
    private static final long MOST_WORKSPACE = 128L << 20;

    private static final int SHARE_OF_ROOM = 8;

    /** Bytes: every tensor of a layer begins at a multiple of it, as tensor cores want. */
    private static final int ALIGNED = 16;

    private static final int DIMENSIONS = 2;

    // What tensors are called in a graph.
    private static final long IMAGES = 1;
    private static final long FILTERS = 2;
    private static final long POSITIONS = 3;

    private final cudnnContext handle = new cudnnContext();
    private final Precision precision;
    private final boolean deterministic;
    private final DeviceMemory workspace;
    private final Map<Request, Optional<Plan>> plans = new HashMap<>();
    private final Map<ConvolutionShape, String> refusals = new HashMap<>();
    private final Set<ConvolutionShape> left = new HashSet<>(); // to patches, as a whole or in part

    Convolutions(Device device, Stream stream, Precision precision, boolean deterministic) {
        this.precision = precision;
        this.deterministic = deterministic;
        String refused = Check.refused(cudnnCreate(handle), "cudnnCreate");
        if (refused != null) throw new IllegalStateException("it does not start on " + device.name() + ": " + refused);
        boolean whole = false;
        try {
            Check.dnn(cudnnSetStream(handle, stream.handle), "cudnnSetStream");
            this.workspace = device.allocate(Math.min(MOST_WORKSPACE, device.room() / SHARE_OF_ROOM));
            whole = true;
        } finally {
            if (!whole) cudnnDestroy(handle);
        }
    }

    private enum Operation {
        FORWARD(
                CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y),
        IMAGE_GRADIENT(
                CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY),
        FILTER_GRADIENT(
                CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY);

        final int descriptor;
        final int alpha;
        final int beta;
        final int window;
        final int images;
        final int filters;
        final int positions;

        Operation(int descriptor, int alpha, int beta, int window, int images, int filters, int positions) {
            this.descriptor = descriptor;
            this.alpha = alpha;
            this.beta = beta;
            this.window = window;
            this.images = images;
            this.filters = filters;
            this.positions = positions;
        }
    }

    private record Request(
            Operation operation,
            ConvolutionShape shape,
            int images,
            boolean wideImages,
            boolean wideFilters,
            boolean widePositions) {}

    /** What is executed, and what it was put together of. */
    private record Plan(Descriptor execution, Resources parts) {}

    /**
     * The values at all positions.
     *
     * @return whether cuDNN knows a way; else nothing was done
     */
    public boolean forward(ConvolutionShape shape, int count, Tensor images, Tensor filters, Tensor positions) {
        return run(Operation.FORWARD, shape, count, images, filters, positions);
    }

    /** Gradient of the images, from that of the positions; see {@link #forward}. */
    public boolean imageGradient(ConvolutionShape shape, int count, Tensor images, Tensor filters, Tensor positions) {
        return run(Operation.IMAGE_GRADIENT, shape, count, images, filters, positions);
    }

    /** Gradient of the filters, from that of the positions; see {@link #forward}. */
    public boolean filterGradient(ConvolutionShape shape, int count, Tensor images, Tensor filters, Tensor positions) {
        return run(Operation.FILTER_GRADIENT, shape, count, images, filters, positions);
    }

    /** Notes that something of a convolution is computed by patches, as cuDNN knows no way. */
    public void leave(ConvolutionShape shape) {
        if (left.add(shape)) LOG.warn("Patches in the place of cuDNN for {}: {}", shape, refusals.get(shape));
    }

    /** How many convolutions were {@linkplain #leave left}. */
    int left() {
        return left.size();
    }

    private boolean run(
            Operation operation, ConvolutionShape shape, int count, Tensor images, Tensor filters, Tensor positions) {
        Request request = new Request(operation, shape, count, images.wide(), filters.wide(), positions.wide());
        Plan plan = plans.computeIfAbsent(request, this::plan).orElse(null);
        if (plan == null) return false;
        try (Descriptor pack = new Descriptor(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR)) {
            pack.integers(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, IMAGES, FILTERS, POSITIONS)
                    .addresses(
                            CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS,
                            images.address(),
                            filters.address(),
                            positions.address())
                    .addresses(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, workspace.address())
                    .whole();
            int result = cudnnBackendExecute(handle, plan.execution().handle, pack.handle);
            Check.dnn(result, "cudnnBackendExecute of " + request);
        }
        return true;
    }

    private Optional<Plan> plan(Request request) {
        Resources parts = new Resources();
        boolean kept = false;
        try {
            Descriptor graph = parts.keep(new Descriptor(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR))
                    .context(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, handle)
                    .descriptor(CUDNN_ATTR_OPERATIONGRAPH_OPS, operation(request, parts));
            String refused = graph.tryWhole();
            Optional<Plan> plan = refused == null ? plan(graph, parts) : Optional.empty();
            kept = plan.isPresent();
            if (!kept) {
                String reason = refused == null ? "no engine that the settings allow" : refused;
                refusals.put(request.shape(), request.operation() + " of " + request.images() + " images: " + reason);
            }
            return plan;
        } finally {
            if (!kept) parts.close();
        }
    }

    private Descriptor operation(Request request, Resources parts) {
        Operation operation = request.operation();
        ConvolutionShape shape = request.shape();
        int count = request.images();
        Descriptor images =
                tensor(IMAGES, request.wideImages(), count, shape.height(), shape.width(), shape.channels(), parts);
        Descriptor filters = tensor(
                FILTERS,
                request.wideFilters(),
                shape.filters(),
                shape.windowHeight(),
                shape.windowWidth(),
                shape.channels(),
                parts);
        Descriptor positions =
                tensor(POSITIONS, request.widePositions(), count, shape.down(), shape.across(), shape.filters(), parts);
        return parts.keep(new Descriptor(operation.descriptor))
                .descriptor(operation.window, window(shape, parts))
                .descriptor(operation.images, images)
                .descriptor(operation.filters, filters)
                .descriptor(operation.positions, positions)
                .real(operation.alpha, 1)
                .real(operation.beta, 0)
                .whole();
    }

    /** Named in cuDNN's order, count, depth, height, width, whatever the order in memory. */
    private static Descriptor tensor(
            long name, boolean wide, long count, long height, long width, long depth, Resources parts) {
        return parts.keep(new Descriptor(CUDNN_BACKEND_TENSOR_DESCRIPTOR))
                .choice(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, type(wide))
                .integers(CUDNN_ATTR_TENSOR_DIMENSIONS, count, depth, height, width)
                .integers(CUDNN_ATTR_TENSOR_STRIDES, height * width * depth, 1, width * depth, depth)
                .integers(CUDNN_ATTR_TENSOR_UNIQUE_ID, name)
                .integers(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, ALIGNED)
                .whole();
    }

    private static int type(boolean wide) {
        return wide ? CUDNN_DATA_FLOAT : CUDNN_DATA_BFLOAT16;
    }

    private static Descriptor window(ConvolutionShape shape, Resources parts) {
        return parts.keep(new Descriptor(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR))
                .choice(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT)
                .choice(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, CUDNN_CROSS_CORRELATION)
                .integers(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, DIMENSIONS)
                .integers(CUDNN_ATTR_CONVOLUTION_DILATIONS, 1, 1)
                .integers(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, shape.rowStride(), shape.columnStride())
                .integers(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, shape.top(), shape.left())
                .integers(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, shape.top(), shape.left())
                .whole();
    }

    private Optional<Plan> plan(Descriptor graph, Resources parts) {
        for (int mode : new int[] {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
            for (Descriptor engine : engines(graph, mode, parts)) {
                if (!isAllowed(engine)) continue;
                Descriptor execution = new Descriptor(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR)
                        .context(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, handle)
                        .descriptor(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, engine);
                if (execution.tryWhole() == null && workspaceOf(execution) <= workspace.bytes()) {
                    return Optional.of(new Plan(parts.keep(execution), parts));
                }
                execution.close();
            }
        }
        return Optional.empty();
    }

    /** Engines with their settings, the fastest first; none if cuDNN does not support the graph. */
    private static List<Descriptor> engines(Descriptor graph, int mode, Resources parts) {
        Descriptor heuristics = parts.keep(new Descriptor(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR))
                .descriptor(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph)
                .choice(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, mode);
        if (heuristics.tryWhole() != null) return List.of();
        int count = heuristics.get(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, new LongPointer());
        if (count == 0) return List.of();
        List<Descriptor> engines = new ArrayList<>();
        long[] places = new long[count];
        for (int i = 0; i < count; i++) {
            Descriptor engine = parts.keep(new Descriptor(CUDNN_BACKEND_ENGINECFG_DESCRIPTOR));
            engines.add(engine);
            places[i] = engine.handle.address();
        }
        try (LongPointer into = new LongPointer(places)) {
            int found = heuristics.get(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR, count, into);
            return engines.subList(0, Math.min(found, count));
        }
    }

    private static long workspaceOf(Descriptor execution) {
        try (LongPointer bytes = new LongPointer(1).put(Long.MAX_VALUE)) {
            execution.get(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, CUDNN_TYPE_INT64, 1, bytes);
            return bytes.get();
        }
    }

    /** By what cuDNN notes of it. */
    private boolean isAllowed(Descriptor settings) {
        int[] notes = new int[CUDNN_NUMERICAL_NOTE_TYPE_COUNT];
        int count;
        try (Descriptor engine = new Descriptor(CUDNN_BACKEND_ENGINE_DESCRIPTOR);
                LongPointer place = new LongPointer(1).put(engine.handle.address());
                IntPointer values = new IntPointer(notes.length)) {
            settings.get(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, place);
            count = engine.get(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE, notes.length, values);
            values.get(notes);
        }
        return Arrays.stream(notes, 0, Math.min(count, notes.length)).allMatch(this::isAllowed);
    }

    private boolean isAllowed(int note) {
        return switch (note) {
            case CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC -> !deterministic;
            // Factors rounded to less than was asked for, perhaps to a smaller exponent; sums of less than float32.
            case CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS, CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION -> false;
            case CUDNN_NUMERICAL_NOTE_TENSOR_CORE -> precision != Precision.FLOAT32; // they would round to TF32
            default -> true;
        };
    }

    @Override
    public void close() {
        for (Optional<Plan> plan : plans.values())
            plan.ifPresent(made -> made.parts().close());
        plans.clear();
        Check.dnn(cudnnDestroy(handle), "cudnnDestroy");
        workspace.close();
    }
}
