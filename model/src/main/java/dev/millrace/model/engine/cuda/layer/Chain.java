package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Layers one behind the other on some columns of an input: a whole model, or one of several branches. */
final class Chain {
    /** Values of a row that leave it. */
    final int outputs;

    private final Device device;
    private final DeviceLayer[] layers;
    private final int from;
    private final int width;
    private final int whole; // values of a row of the input
    private final @Nullable Tensor columns; // [most, width]; null if the first layer takes the input as it is
    private final @Nullable Tensor columnGradients; // [most, width]
    private Tensor entering;

    /**
     * A chain.
     *
     * @param layers none for the columns as they are
     * @param from the first of its columns
     * @param width how many they are
     * @param whole values of a row of the input
     * @param outputs values of a row that leave it
     * @param features whether the input are the samples' features; else what a layer left
     */
    Chain(Compilation to, List<DeviceLayer> layers, int from, int width, int whole, int outputs, boolean features) {
        this.device = to.device();
        this.layers = layers.toArray(new DeviceLayer[0]);
        this.from = from;
        this.width = width;
        this.whole = whole;
        this.outputs = outputs;
        boolean wide = device.wide();
        boolean asTheyCame = features && (layers.isEmpty() || layers.get(0).takesFeatures());
        boolean entersWide = wide || asTheyCame;
        boolean sameType = entersWide == (wide || features);
        boolean table = !layers.isEmpty() && layers.get(0) instanceof TableOnDevice; // it finds its columns itself
        boolean readsInput = table || (from == 0 && width == whole && sameType && !layers.isEmpty());
        this.columns = readsInput ? null : to.tensor((long) to.most() * width, entersWide);
        this.columnGradients = features && !layers.isEmpty() ? null : to.tensor((long) to.most() * width, wide);
        this.entering = new Tensor(0, true);
    }

    void forward(Tensor input, Pass pass) {
        Tensor x = input;
        if (columns != null) {
            Columns target = new Columns(columns, width, 0);
            Columns.move(device, new Columns(input, whole, from), target, width, pass.rows(), false);
            x = columns;
        }
        entering = x;
        for (DeviceLayer layer : layers) {
            layer.forward(x, pass);
            x = layer.output();
        }
    }

    /** [rows, outputs]. */
    Tensor output() {
        return layers.length == 0 ? entering : layers[layers.length - 1].output();
    }

    /** Where its own gradient belongs, [rows, outputs]. */
    Tensor outputGradient() {
        if (layers.length > 0) return layers[layers.length - 1].outputGradient();
        if (columnGradients == null) throw new IllegalStateException("a chain without layers has gradients of columns");
        return columnGradients;
    }

    /** @param wanted whether {@link #addInputGradients} follows */
    void backward(boolean wanted, Pass pass) {
        for (int i = layers.length - 1; i > 0; i--) {
            DeviceLayer below = layers[i - 1];
            layers[i].backward(below.output(), below.outputGradient(), pass);
        }
        if (layers.length > 0) layers[0].backward(entering, wanted ? columnGradients : null, pass);
    }

    /** Adds the gradients of its columns to those of the input. */
    void addInputGradients(Tensor input, Pass pass) {
        if (columnGradients == null) return;
        Columns target = new Columns(input, whole, from);
        Columns.move(device, new Columns(columnGradients, width, 0), target, width, pass.rows(), true);
    }

    void silence(Pass pass) {
        if (columns != null) pass.silence(device, columns, width);
        for (DeviceLayer layer : layers) layer.silence(pass);
    }
}
