package dev.millrace.model.layer;

import dev.millrace.model.memory.Memory;
import dev.millrace.model.spec.Activation;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** {@code y = f([y_1, y_2, ..])} or {@code y = f(y_1 + y_2 + ..)}, of branches that each take columns of the input. */
final class BranchesLayer extends BufferedLayer {
    private final LayerChain[] branches;
    private final boolean add;
    private final int inputs;
    private final Nonlinearity activation;

    /**
     * Joins branches.
     *
     * @param add whether their outputs are added; else they stand side by side
     * @param inputs values of a row that enter
     * @param units values of a row that leave
     */
    BranchesLayer(List<LayerChain> branches, boolean add, int inputs, int units, Activation activation, int chunk) {
        super(chunk, units);
        this.branches = branches.toArray(new LayerChain[0]);
        this.add = add;
        this.inputs = inputs;
        this.activation = new Nonlinearity(activation);
    }

    @Override
    public void forward(FloatPointer input, int rows, boolean training) {
        if (add) Memory.zero(outputAddress, (long) rows * units);
        int at = 0;
        for (LayerChain branch : branches) {
            branch.forward(address(input), inputs, rows, training);
            for (int r = 0; r < rows; r++) {
                long to = outputAddress + 4L * ((long) r * units + at);
                if (add) addTo(to, branch.output(r));
                else Memory.copy(branch.output(r), to, branch.outputs);
            }
            if (!add) at += branch.outputs;
        }
        activation.apply(outputAddress, (long) rows * units);
    }

    private void addTo(long to, long from) {
        for (long k = 0; k < 4L * units; k += 4) Memory.put(to + k, Memory.get(to + k) + Memory.get(from + k));
    }

    @Override
    public double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms) {
        activation.applySlope(gradientAddress, outputAddress, (long) rows * units);
        if (inputGradient != null) Memory.zero(address(inputGradient), (long) rows * inputs);
        double norms = 0;
        int at = 0;
        for (LayerChain branch : branches) {
            for (int r = 0; r < rows; r++) {
                long from = gradientAddress + 4L * ((long) r * units + at);
                Memory.copy(from, branch.outputGradient(r), branch.outputs);
            }
            if (!add) at += branch.outputs;
            norms += branch.backward(inputGradient != null, rows, first, withNorms);
            if (inputGradient != null) branch.addInputGradients(address(inputGradient), inputs, rows);
        }
        return norms;
    }

    @Override
    public void silence(int row) {
        super.silence(row);
        for (LayerChain branch : branches) branch.silence(row);
    }

    @Override
    public void close() {
        super.close();
        for (LayerChain branch : branches) branch.close();
    }
}
