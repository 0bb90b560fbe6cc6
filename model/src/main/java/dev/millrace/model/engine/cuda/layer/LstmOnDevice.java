package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.LstmSpec;
import dev.millrace.model.spec.PlacedLayer;
import org.jspecify.annotations.Nullable;

/**
 * See {@link LstmSpec}; backward through all steps, from the last to the first, with dh and dc what comes from the steps behind:
 *
 * <pre>
 * dh += dy_t,  do = dh tanh(c) o (1 - o),  dc += dh o (1 - tanh(c)^2)
 * di = dc g i (1 - i),  df = dc c' f (1 - f),  dg = dc i (1 - g^2)       (c' before the step)
 * dh' = [di df dg do] U,  dc' = dc f,  dW += [di df dg do]' x_t,  dU += [di df dg do]' h',  db += [di df dg do]
 * </pre>
 *
 * One product for the inputs of all steps; a step is one product and one kernel. Cells and what comes from behind are float32.
 */
final class LstmOnDevice extends BufferedOnDevice {
    private final int steps;
    private final int size; // of h and c
    private final boolean sequences;
    private final AbsentSteps absent;
    private final StepsProjection kernel;
    private final StepsProjection recurrent;
    private final Tensor gates; // [most, steps, 4 size]: i f g o, in backward their gradients
    private final Tensor cells; // [most, steps, size]: c after the step
    private final Tensor before; // [most, steps, size]: h before the step
    private final Tensor hidden; // [most, size]: h
    private final Tensor fromHidden; // [most, 4 size]
    private final Tensor now; // [most, 4 size]: gradients of one step's gates
    private final Tensor carried; // [most, size]: dh on its way to the step before
    private final Tensor hiddenGradients; // [most, size]: dh
    private final Tensor cellGradients; // [most, size]: dc

    LstmOnDevice(Compilation to, PlacedLayer placed, LstmSpec spec, boolean last) {
        super(to, placed.output().size(), last);
        this.steps = placed.input().height();
        this.size = spec.units();
        this.sequences = spec.returnSequences();
        int features = placed.input().channels();
        this.absent = new AbsentSteps(to, spec.maskZero(), steps, features);
        this.kernel = new StepsProjection(to, placed, 0, 2, steps, features, spec.gates());
        this.recurrent = new StepsProjection(to, placed, 1, -1, steps, size, spec.gates());
        boolean wide = device.wide();
        long most = to.most();
        this.gates = to.tensor(most * steps * spec.gates(), wide);
        this.cells = to.tensor(most * steps * size, true);
        this.before = to.tensor(most * steps * size, wide);
        this.hidden = to.tensor(most * size, wide);
        this.fromHidden = to.tensor(most * spec.gates(), true);
        this.now = to.tensor(most * spec.gates(), wide);
        this.carried = to.tensor(most * size, true);
        this.hiddenGradients = to.tensor(most * size, true);
        this.cellGradients = to.tensor(most * size, true);
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        absent.read(input, pass);
        kernel.forward(input, gates, pass.rows() * steps);
        for (int t = 0; t < steps; t++) {
            if (t > 0) recurrent.forward(hidden, fromHidden, pass.rows());
            device.kernel("lstmStep")
                    .tensor(gates)
                    .address(t == 0 ? 0 : fromHidden.address())
                    .address(absent.flags())
                    .address(cells.address())
                    .address(before.address())
                    .address(hidden.address())
                    .tensor(output())
                    .flag(sequences)
                    .integer(t)
                    .integer(steps)
                    .integer(size)
                    .integer(pass.rows())
                    .elements((long) pass.rows() * size);
        }
    }

    @Override
    public void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass) {
        for (int t = steps - 1; t >= 0; t--) {
            device.kernel("lstmStepBack")
                    .tensor(gates)
                    .address(absent.flags())
                    .address(cells.address())
                    .address(hiddenGradients.address())
                    .address(carried.address())
                    .address(cellGradients.address())
                    .address(now.address())
                    .tensor(outputGradient())
                    .flag(sequences)
                    .integer(t)
                    .integer(steps)
                    .integer(size)
                    .integer(pass.rows())
                    .elements((long) pass.rows() * size);
            if (t > 0) recurrent.inputGradient(now, carried, pass.rows());
        }
        kernel.weightGradient(gates, input, pass);
        recurrent.weightGradient(gates, before, pass);
        if (inputGradient != null) kernel.inputGradient(gates, inputGradient, pass.rows() * steps);
    }

    @Override
    public void silence(Pass pass) {
        super.silence(pass);
        pass.silence(device, gates, (long) steps * 4 * size);
        pass.silence(device, cells, (long) steps * size);
        pass.silence(device, before, (long) steps * size);
    }
}
