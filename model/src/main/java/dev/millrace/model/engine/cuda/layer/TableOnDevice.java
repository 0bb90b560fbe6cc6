package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Launch;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.EmbeddingTable;
import dev.millrace.model.spec.PlacedLayer;
import org.jspecify.annotations.Nullable;

/**
 * A layer whose inputs are ids, rows of a table: columns of the samples' features. The table's gradient is computed for the rows
 * touched alone, once the host has found out which those are.
 */
abstract class TableOnDevice extends BufferedOnDevice {
    /** Which of the model's tables. */
    final int table;

    /** The first of the features that are its ids. */
    final int first;

    /** Ids of one sample. */
    final int ids;

    /** Whether id 0 is padding. */
    final boolean maskZero;

    /** Rows of the table. */
    final int tableRows;

    /** Values of a row of the table. */
    final int width;

    /** The table, [rows, width]. */
    final long values;

    final Activation activation;
    private final int inputs;

    TableOnDevice(
            Compilation to, PlacedLayer placed, EmbeddingTable table, int first, Activation activation, boolean last) {
        super(to, placed.output().size(), last);
        this.table = placed.firstTable();
        this.first = first;
        this.ids = placed.input().size();
        this.maskZero = table.maskZero();
        this.tableRows = table.inputDim();
        this.width = placed.tables().get(0).shape().get(1);
        this.values = to.parameters().exact(placed.tables().get(0).offset()).address();
        this.activation = activation;
        this.inputs = to.inputs();
    }

    @Override
    public final boolean takesFeatures() {
        return true;
    }

    /** Begins a kernel that reads the ids. */
    final Launch reading(String kernel, Pass pass) {
        return reading(kernel, pass.features());
    }

    private Launch reading(String kernel, long features) {
        return device.kernel(kernel)
                .address(features)
                .integer(inputs)
                .integer(first)
                .integer(ids);
    }

    @Override
    public final void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass) {
        applySlope(activation, pass);
        others(pass);
        if (pass.withNorms()) addNorms(pass);
    }

    /** Adds to the gradient of what does not belong to the table. */
    abstract void others(Pass pass);

    /** Adds each row's squared norm of its own gradient. */
    abstract void addNorms(Pass pass);

    /**
     * Adds to the gradient of the rows touched, after backward.
     *
     * @param features of the micro-batch
     * @param touched which rows, and which ids of the samples they come from
     */
    final void addRows(long features, Touched touched) {
        if (touched.count() == 0) return;
        rowGradients(reading(gradientKernel(), features))
                .address(touched.places())
                .address(touched.starts())
                .address(touched.occurrences())
                .integer(touched.count())
                .address(touched.values())
                .elements((long) touched.count() * width);
    }

    /**
     * Rows of the table that a micro-batch touches, on the device.
     *
     * @param count how many
     * @param places of each one in {@code values}
     * @param starts of each one's occurrences, and their end, [count + 1]
     * @param occurrences sample times ids plus position
     * @param values the gradient of all rows that the mini-batch touches
     */
    record Touched(int count, long places, long starts, long occurrences, long values) {}

    /** The kernel that sums them up. */
    abstract String gradientKernel();

    /** Appends what its kernel wants between the ids and the rows. */
    abstract Launch rowGradients(Launch launch);
}
