package dev.millrace.model.engine;

import dev.millrace.model.layer.Layer;
import dev.millrace.model.layer.Layers;
import dev.millrace.model.loss.LossSums;
import dev.millrace.model.loss.OutputLoss;
import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.spec.DenseSpec;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.ParameterLayout;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.table.Table;
import dev.millrace.model.table.TouchedRows;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The engine for the CPU. Parameters, gradients and activations are ND4J arrays outside the heap; products run in oneDNN
 * and OpenBLAS on their very memory, and what lies between in loops that the JIT vectorizes. A mini-batch goes through
 * in chunks whose activations stay in the cache; the gradient accumulates over them.
 */
public final class Nd4jEngine implements GradientEngine {
    private static final int SMALLEST_CHUNK = 64;
    private static final int LARGEST_CHUNK = 512;

    /** 2 MiB of outputs and their gradients; a small convolutional network is as fast at half and at twice of it. */
    private static final long CACHED_VALUES = 1 << 19;

    private static final int FEWEST_IMAGES = 4;

    private final CallSizes sizes;
    private final int inputs;
    private final int outputs;
    private final List<ParameterBlock> tables;
    private final TouchedRows[] rows; // gradient of each table
    private final int chunk;
    private final OffHeap parameters;
    private final OffHeap gradients;
    private final OffHeap features; // [chunk, inputs]
    private final FloatPointer input;
    private final Layer[] layers;
    private final OutputLoss loss;
    private final LossSums sums = new LossSums();
    private boolean closed;

    /** @throws IllegalStateException naming what is missing if the native libraries cannot be loaded */
    public Nd4jEngine(ModelSpec spec) {
        Natives.load();
        this.sizes = CallSizes.of(spec);
        this.inputs = spec.inputs();
        this.outputs = spec.outputs();
        this.chunk = chunkOf(spec);
        ParameterLayout layout = spec.layout();
        this.tables = layout.tables();
        this.rows = Table.touched(tables);
        this.parameters = new OffHeap(sizes.parameters());
        this.gradients = new OffHeap(Math.max(sizes.dense(), 1));
        this.features = new OffHeap((long) chunk * inputs);
        this.input = features.pointer(0);
        this.layers = Layers.compile(spec, parameters, gradients, rows, chunk).toArray(new Layer[0]);
        this.loss = lossOf(spec);
    }

    /** The loss with the last activation. */
    static OutputLoss lossOf(ModelSpec spec) {
        LayerSpec last = spec.layers().get(spec.layers().size() - 1);
        return OutputLoss.of(spec.loss(), last.activation(), spec.outputs());
    }

    /**
     * Twice the widest dense layer: products want many rows, caches few. Measured best within 64..512. Images have so many
     * values that the cache decides alone.
     */
    static int chunkOf(ModelSpec spec) {
        int widest = 0;
        boolean images = false;
        for (PlacedLayer placed : spec.placedLayers()) {
            if (placed.layer() instanceof DenseSpec dense) widest = Math.max(widest, dense.units());
            images |= !placed.input().isFlat();
        }
        int chunk = Math.min(Math.max(2 * widest, SMALLEST_CHUNK), LARGEST_CHUNK);
        if (!images) return chunk;
        return (int) Math.min(chunk, Math.max(CACHED_VALUES / spec.keptPerSample(), FEWEST_IMAGES));
    }

    @Override
    public String name() {
        return "nd4j";
    }

    @Override
    public void upload(int offset, float[] block, int length) {
        checkOpen();
        sizes.checkBlock(offset, block, length);
        Memory.copyIn(block, 0, parameters.address(offset), length);
    }

    @Override
    public void uploadRows(int table, int[] ids, float[] values, int count) {
        checkOpen();
        ParameterBlock block = tables.get(table);
        int width = block.shape().get(1);
        for (int i = 0; i < count; i++) {
            int id = Objects.checkIndex(ids[i], block.shape().get(0));
            long row = parameters.address(block.offset() + (long) id * width);
            if (width == 1) Memory.put(row, values[i]); // a copy of one number costs ten
            else Memory.copyIn(values, i * width, row, width);
        }
    }

    @Override
    public void lossAndGradient(SampleBatch batch, int microBatch, GradientSum into) {
        int rows = batch.rows();
        checkOpen();
        sizes.checkBatch(batch, microBatch);
        sizes.prepare(into, batch);
        sums.reset();
        double norms = 0;
        int step = Math.min(microBatch, chunk);
        for (int from = 0; from < rows; from += step) {
            int n = Math.min(step, rows - from);
            forward(batch, from, n, true);
            Layer last = layers[layers.length - 1];
            loss.apply(
                    last.output().address() + 4 * last.output().position(),
                    last.outputGradient().address() + 4 * last.outputGradient().position(),
                    n,
                    batch.labels(),
                    batch.weights(),
                    from,
                    into.predictions,
                    sums);
            forgetUnweighted(batch.weights(), from, n);
            silence(batch.weights(), from, n);
            norms += backward(n, from == 0, into.withNorms);
        }
        sums.finish();
        if (rows == 0) forgetGradients();
        Memory.copyOut(gradients.address(0), into.gradient, 0, into.gradient.length);
        into.rows = this.rows;
        into.samples = rows;
        into.weight = sums.weight;
        into.lossSum = sums.loss;
        into.lossSquaredSum = sums.lossSquared;
        into.squaredNormSum = into.withNorms ? norms : Double.NaN;
        into.pieceLosses = sums.pieces;
        into.pieceCount = sums.pieceCount;
    }

    @Override
    public void predict(SampleBatch batch, int microBatch, float[] predictions) {
        int rows = batch.rows();
        checkOpen();
        sizes.checkBatch(batch, microBatch);
        sizes.checkPredictions(predictions, batch);
        int step = Math.min(microBatch, chunk);
        for (int from = 0; from < rows; from += step) {
            int n = Math.min(step, rows - from);
            forward(batch, from, n, false);
            FloatPointer logits = layers[layers.length - 1].output();
            loss.predict(logits.address() + 4 * logits.position(), n, from, predictions);
        }
    }

    private void forgetGradients() {
        Memory.zero(gradients.address(0), sizes.dense());
        for (TouchedRows table : rows) table.clear();
    }

    private void forward(SampleBatch batch, int from, int rows, boolean training) {
        Memory.copyIn(batch.features(), from * inputs, features.address(0), rows * inputs);
        FloatPointer x = input;
        for (Layer layer : layers) {
            layer.forward(x, rows, training);
            x = layer.output();
        }
    }

    /** Weight 0 times an overflowed slope is not a number, but such a row must not be felt. */
    private void forgetUnweighted(float[] weights, int from, int rows) {
        FloatPointer gradient = layers[layers.length - 1].outputGradient();
        for (int r = 0; r < rows; r++) {
            if (weights[from + r] == 0) {
                Memory.zero(gradient.address() + 4 * (gradient.position() + (long) r * outputs), outputs);
            }
        }
    }

    /** Takes rows of weight zero out: what overflowed in them would be infinity times zero, which is NaN. */
    private void silence(float[] weights, int from, int rows) {
        for (int r = 0; r < rows; r++) {
            if (weights[from + r] != 0) continue;
            Memory.zero(features.address((long) r * inputs), inputs);
            for (Layer layer : layers) layer.silence(r);
        }
    }

    /** A row's gradient has the layers' gradients as parts, so their squares add up. */
    private double backward(int rows, boolean first, boolean withNorms) {
        double norms = 0;
        for (int i = layers.length - 1; i > 0; i--) {
            Layer below = layers[i - 1];
            norms += layers[i].backward(below.output(), below.outputGradient(), rows, first, withNorms);
        }
        return norms + layers[0].backward(input, null, rows, first, withNorms);
    }

    private void checkOpen() {
        if (closed) throw new IllegalStateException("the engine is closed");
    }

    @Override
    public void close() {
        closed = true;
        for (Layer layer : layers) layer.close();
        features.close();
        gradients.close();
        parameters.close();
    }
}
