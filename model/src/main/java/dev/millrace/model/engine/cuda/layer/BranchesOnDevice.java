package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.Activation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code y = f([y_1, y_2, ..])} or {@code y = f(y_1 + y_2 + ..)}, of branches that each take columns of the input. */
final class BranchesOnDevice extends BufferedOnDevice {
    private final Chain[] branches;
    private final boolean add;
    private final int inputs;
    private final boolean features;
    private final Activation activation;

    /**
     * Joins branches.
     *
     * @param add whether their outputs are added; else they stand side by side
     * @param inputs values of a row that enter
     * @param features whether the input are the samples' features
     */
    BranchesOnDevice(
            Compilation to,
            List<Chain> branches,
            boolean add,
            int inputs,
            int units,
            boolean features,
            Activation activation,
            boolean last) {
        super(to, units, last);
        this.branches = branches.toArray(new Chain[0]);
        this.add = add;
        this.inputs = inputs;
        this.features = features;
        this.activation = activation;
    }

    @Override
    public boolean takesFeatures() {
        return features;
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        int at = 0;
        boolean begun = false;
        for (Chain branch : branches) {
            branch.forward(input, pass);
            Columns from = new Columns(branch.output(), branch.outputs, 0);
            Columns.move(device, from, new Columns(output(), units, at), branch.outputs, pass.rows(), add && begun);
            if (!add) at += branch.outputs;
            begun = true;
        }
        activate(activation, pass);
    }

    @Override
    public void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass) {
        applySlope(activation, pass);
        if (inputGradient != null) {
            device.zero(inputGradient.address(), (long) pass.rows() * inputs * inputGradient.bytes());
        }
        int at = 0;
        for (Chain branch : branches) {
            Columns target = new Columns(branch.outputGradient(), branch.outputs, 0);
            Columns own = new Columns(outputGradient(), units, at);
            Columns.move(device, own, target, branch.outputs, pass.rows(), false);
            if (!add) at += branch.outputs;
            branch.backward(inputGradient != null, pass);
            if (inputGradient != null) branch.addInputGradients(inputGradient, pass);
        }
    }

    @Override
    public void silence(Pass pass) {
        super.silence(pass);
        for (Chain branch : branches) branch.silence(pass);
    }
}
