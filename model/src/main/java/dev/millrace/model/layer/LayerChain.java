package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.memory.OffHeap;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** Layers one behind the other on some columns of an input: one of several branches. */
final class LayerChain implements AutoCloseable {
    final int outputs;
    private final Layer[] layers;
    private final int from;
    private final int width;
    private final OffHeap columns; // [chunk, width]
    private final OffHeap columnGradients; // [chunk, width]
    private final FloatPointer input;
    private final FloatPointer inputGradient;

    /**
     * A branch.
     *
     * @param layers none for the columns as they are
     * @param from the first of its columns
     * @param width how many they are
     * @param outputs values of a row that leave it
     */
    LayerChain(List<Layer> layers, int from, int width, int outputs, int chunk) {
        this.layers = layers.toArray(new Layer[0]);
        this.from = from;
        this.width = width;
        this.outputs = outputs;
        this.columns = new OffHeap((long) chunk * width);
        this.columnGradients = new OffHeap((long) chunk * width);
        this.input = columns.pointer(0);
        this.inputGradient = columnGradients.pointer(0);
    }

    /** @param rowInputs values of a row of the whole input */
    void forward(long whole, int rowInputs, int rows, boolean training) {
        for (int r = 0; r < rows; r++) {
            Memory.copy(whole + 4L * ((long) r * rowInputs + from), columns.address((long) r * width), width);
        }
        FloatPointer x = input;
        for (Layer layer : layers) {
            layer.forward(x, rows, training);
            x = layer.output();
        }
    }

    /** Where the outputs of a row begin. */
    long output(int row) {
        FloatPointer last = layers.length == 0 ? input : layers[layers.length - 1].output();
        return BufferedLayer.address(last) + 4L * outputs * row;
    }

    /** Where the output gradients of a row belong. */
    long outputGradient(int row) {
        FloatPointer last = layers.length == 0 ? inputGradient : layers[layers.length - 1].outputGradient();
        return BufferedLayer.address(last) + 4L * outputs * row;
    }

    /** See {@link Layer#backward}. */
    double backward(boolean withInputGradient, int rows, boolean first, boolean withNorms) {
        if (layers.length == 0) return 0;
        double norms = 0;
        for (int i = layers.length - 1; i > 0; i--) {
            Layer below = layers[i - 1];
            norms += layers[i].backward(below.output(), below.outputGradient(), rows, first, withNorms);
        }
        return norms + layers[0].backward(input, withInputGradient ? inputGradient : null, rows, first, withNorms);
    }

    /** Adds the input gradients to those of the whole input. */
    void addInputGradients(long whole, int rowInputs, int rows) {
        for (int r = 0; r < rows; r++) {
            long to = whole + 4L * ((long) r * rowInputs + from);
            long own = columnGradients.address((long) r * width);
            for (long k = 0; k < 4L * width; k += 4) Memory.put(to + k, Memory.get(to + k) + Memory.get(own + k));
        }
    }

    void silence(int row) {
        Memory.zero(columns.address((long) row * width), width);
        for (Layer layer : layers) layer.silence(row);
    }

    @Override
    public void close() {
        for (Layer layer : layers) layer.close();
        columns.close();
        columnGradients.close();
    }
}
