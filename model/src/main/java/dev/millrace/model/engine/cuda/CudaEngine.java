package dev.millrace.model.engine.cuda;

import dev.millrace.model.engine.CallSizes;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.DeviceMemoryException;
import dev.millrace.model.engine.cuda.device.InstalledConvolutions;
import dev.millrace.model.engine.cuda.device.Resources;
import dev.millrace.model.engine.cuda.layer.DeviceBatches;
import dev.millrace.model.engine.cuda.layer.DeviceLayers;
import dev.millrace.model.engine.cuda.layer.DeviceParameters;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.model.table.Table;
import dev.millrace.model.table.TouchedRows;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine for NVIDIA GPUs. Parameters stay on the device; only blocks that changed are uploaded. A micro-batch is one graph of
 * cuBLASLt's products, cuDNN's convolutions and own kernels; the gradient comes back once for a mini-batch. When the device's memory does not suffice
 * the micro-batch is halved and the work begun anew: sums do not depend on how a mini-batch is cut, but for rounding.
 */
public final class CudaEngine implements GradientEngine {
    private static final Logger LOG = LoggerFactory.getLogger(CudaEngine.class);

    /** Features that go through at once: with less the way to the device is not used well, with more nothing overlaps with it. */
    private static final int PIECE_BYTES = 32 << 20;

    /** However wide they are: products want many rows. */
    private static final int FEWEST_ROWS = 4096;

    private final Resources taken = new Resources();
    private final ModelSpec spec;
    private final CallSizes sizes;
    private final List<ParameterBlock> tables;
    private final TouchedRows[] rows; // gradient of each table
    private final Device device;
    private final DeviceParameters parameters;
    private final Uploads uploads;
    private final @Nullable InstalledConvolutions convolutions; // null if the model has none that cuDNN is asked for
    private @Nullable DeviceBatches batches;
    private int limit; // rows at once
    private long halvings;
    private long rowsBefore; // that training brought, which dropout's masks follow from
    private boolean closed;

    /**
     * Compiles the model for a device.
     *
     * @throws IllegalStateException naming what is missing for CUDA on this machine
     * @throws IllegalArgumentException naming the layers that this engine lacks
     */
    public CudaEngine(ModelSpec spec, CudaSettings settings) {
        String missing = Cuda.missing();
        if (missing != null) throw new IllegalStateException("Engine cuda cannot run here: " + missing);
        List<String> unsupported = unsupported(spec);
        if (!unsupported.isEmpty()) {
            throw new IllegalArgumentException("Engine cuda has no kernels for: " + String.join(", ", unsupported)
                    + "; set training.engine to nd4j or auto");
        }
        this.spec = spec;
        this.sizes = CallSizes.of(spec);
        ParameterLayout layout = spec.layout();
        this.tables = layout.tables();
        this.rows = Table.touched(tables);
        this.limit = Math.max(FEWEST_ROWS, PIECE_BYTES / (Float.BYTES * sizes.inputs()));
        boolean whole = false;
        try {
            this.device = taken.keep(new Device(settings));
            this.parameters = taken.keep(new DeviceParameters(device, layout));
            this.uploads = taken.keep(new Uploads(device));
            this.convolutions = convolves(spec) ? device.convolutions() : null;
            whole = true;
        } finally {
            if (!whole) taken.close();
        }
        if (convolutions != null) LOG.info("Convolutions of {} on {}: {}", spec.name(), device.name(), convolutions);
    }

    /** Layers of the model that the engine lacks, as {@code kind (name)}; empty if it has all. */
    public static List<String> unsupported(ModelSpec spec) {
        return DeviceLayers.unsupported(spec);
    }

    /** Whether the model has convolutions that cuDNN computes where it is installed. */
    public static boolean convolves(ModelSpec spec) {
        return DeviceLayers.convolves(spec);
    }

    /** Rows that there is room for at once; 0 before the first call. */
    public int microBatchLimit() {
        return batches == null ? 0 : Math.min(batches.most(), limit);
    }

    /** How often that was halved because the device's memory ran out. */
    public long halvings() {
        return halvings;
    }

    /** Bytes held on the device. */
    public long deviceBytes() {
        return device.held();
    }

    /** What the driver calls the device. */
    public String deviceName() {
        return device.name();
    }

    /**
     * What computes the model's convolutions, in a few words: {@code cuDNN 9.19.0}, followed by how many of them it left to
     * patches so far, if any; or {@code no cuDNN} for products of patches. Empty if the model has none that cuDNN is asked for.
     */
    public String convolutions() {
        return convolutions == null ? "" : convolutions.brief();
    }

    /** The same with the reason if it is not cuDNN. */
    public String convolutionText() {
        return convolutions == null ? "" : convolutions.toString();
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public void upload(int offset, float[] block, int length) {
        checkOpen();
        sizes.checkBlock(offset, block, length);
        device.use();
        parameters.eachOf(offset, length, (from, count, address) -> uploads.copy(block, from - offset, count, address));
    }

    @Override
    public void uploadRows(int table, int[] ids, float[] values, int count) {
        checkOpen();
        ParameterBlock block = tables.get(table);
        int width = block.shape().get(1);
        for (int i = 0; i < count; i++) {
            int unused = Objects.checkIndex(ids[i], block.shape().get(0));
        }
        device.use();
        uploads.scatter(
                ids, values, count, width, parameters.exact(block.offset()).address());
    }

    @Override
    public void lossAndGradient(SampleBatch batch, int microBatch, GradientSum into) {
        checkOpen();
        sizes.checkBatch(batch, microBatch);
        sizes.prepare(into, batch);
        int count = batch.rows();
        device.use();
        settled(microBatch, count, (ready, step) -> {
            if (count == 0) parameters.forgetGradients();
            ready.learn(batch, step, rowsBefore, into);
            parameters.fetchGradient();
            device.compute().synchronize();
            ready.collectRows();
        });
        rowsBefore += count;
        parameters.copyGradient(into.gradient);
        into.rows = rows;
        into.samples = count;
    }

    @Override
    public void predict(SampleBatch batch, int microBatch, float[] predictions) {
        checkOpen();
        sizes.checkBatch(batch, microBatch);
        int count = batch.rows();
        sizes.checkPredictions(predictions, batch);
        device.use();
        settled(microBatch, count, (ready, step) -> ready.predict(batch, step, predictions));
    }

    /** Work with what is ready for so many rows at once. */
    private interface Work {
        void with(DeviceBatches ready, int step);
    }

    /** Does the work with fewer rows at once, again and again, while memory runs out. */
    private void settled(int microBatch, int count, Work work) {
        while (true) {
            int step = Math.min(Math.min(microBatch, Math.max(count, 1)), limit);
            boolean whole = false;
            try {
                parameters.settle();
                work.with(ready(step), step);
                whole = true;
                return;
            } catch (DeviceMemoryException e) {
                halve(step, e);
            } finally {
                if (!whole) await();
            }
        }
    }

    /** What was enqueued must not be felt by what comes next. */
    private void await() {
        device.copies().synchronize();
        device.compute().synchronize();
    }

    private DeviceBatches ready(int step) {
        DeviceBatches ready = batches;
        if (ready != null && ready.most() >= step) return ready;
        forget();
        batches = ready = new DeviceBatches(device, spec, parameters, rows, step);
        return ready;
    }

    private void halve(int step, DeviceMemoryException e) {
        await();
        forget();
        if (step == 1) throw e;
        limit = step / 2;
        halvings++;
        LOG.warn("{}; {} rows go through at once from now on", e.getMessage(), limit);
    }

    private void forget() {
        if (batches == null) return;
        await();
        batches.close();
        batches = null;
    }

    private void checkOpen() {
        if (closed) throw new IllegalStateException("the engine is closed");
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        device.use();
        forget();
        await();
        taken.close();
    }
}
