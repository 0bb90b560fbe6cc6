package dev.millrace.model.engine;

import dev.millrace.model.layer.Layer;
import dev.millrace.model.layer.Layers;
import dev.millrace.model.loss.OutputLoss;
import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.table.Table;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Predictions alone, on the CPU, as {@link Nd4jEngine} makes them. Its buffers are its own, the parameters are not: any
 * number of predictors read the same block, which outlives them and does not change meanwhile. Not for several threads at
 * once, but for another one each time. Nothing is allocated per call.
 */
public final class Nd4jPredictor implements AutoCloseable {
    private final int inputs;
    private final int outputs;
    private final int chunk;
    private final OffHeap features; // [chunk, inputs]
    private final FloatPointer input;
    private final Layer[] layers;
    private final OutputLoss loss;

    /**
     * Compiles the model.
     *
     * @param parameters of the whole model, in its layout
     * @throws IllegalStateException naming what is missing if the native libraries cannot be loaded
     */
    public Nd4jPredictor(ModelSpec spec, OffHeap parameters) {
        Natives.holdThisThread();
        this.inputs = spec.inputs();
        this.outputs = spec.outputs();
        this.chunk = Nd4jEngine.chunkOf(spec);
        this.features = new OffHeap((long) chunk * inputs);
        this.input = features.pointer(0);
        // Where gradients would be are the parameters again: only backward touches them, and it is never called.
        this.layers = Layers.compile(
                        spec,
                        parameters,
                        parameters,
                        Table.touched(spec.layout().tables()),
                        chunk)
                .toArray(new Layer[0]);
        this.loss = Nd4jEngine.lossOf(spec);
    }

    /**
     * Writes the model's outputs, after the last activation.
     *
     * @param samples [rows, inputs] or longer, row-major
     * @param predictions [rows, outputs] or longer, row-major
     * @throws IndexOutOfBoundsException if an id is none of the model's
     */
    public void predict(float[] samples, int rows, float[] predictions) {
        if (rows < 0 || samples.length < (long) rows * inputs || predictions.length < (long) rows * outputs) {
            throw new IllegalArgumentException(rows + " rows must have " + inputs + " inputs and room for " + outputs
                    + " outputs each. Received: " + samples.length + " values and room for " + predictions.length);
        }
        Natives.holdThisThread();
        for (int from = 0; from < rows; from += chunk) {
            int n = Math.min(chunk, rows - from);
            Memory.copyIn(samples, from * inputs, features.address(0), n * inputs);
            FloatPointer x = input;
            for (Layer layer : layers) {
                layer.forward(x, n, false);
                x = layer.output();
            }
            loss.predict(x.address() + 4 * x.position(), n, from, predictions);
        }
    }

    @Override
    public void close() {
        for (Layer layer : layers) layer.close();
        features.close();
    }
}
