package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Launch;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.GlobalPooling1dSpec;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.spec.Pooling;
import org.jspecify.annotations.Nullable;

/** {@code y = mean_t x_t} or {@code max_t x_t}, of the steps that are there; backward {@code dx_t = dy / count}, or dy at the first largest. */
final class GlobalPooling1dOnDevice extends BufferedOnDevice {
    private final boolean largest;
    private final int steps;
    private final AbsentSteps absent;
    private final long
            found; // [most, units], the step whose value left; of means [most], the steps that are there; integers

    GlobalPooling1dOnDevice(Compilation to, PlacedLayer placed, GlobalPooling1dSpec spec, boolean last) {
        super(to, placed.output().size(), last);
        this.largest = spec.pooling() == Pooling.MAX;
        this.steps = placed.input().height();
        this.absent = new AbsentSteps(to, spec.maskZero(), steps, units);
        this.found = to.bytes((long) to.most() * (largest ? units : 1) * Integer.BYTES);
    }

    @Override
    public boolean takesFeatures() {
        return true;
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        absent.read(input, pass);
        launch(largest ? "maxOverSteps" : "meanOverSteps", input, output(), pass)
                .elements((long) pass.rows() * units);
    }

    @Override
    public void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass) {
        if (inputGradient == null) return;
        launch(largest ? "maxOverStepsGradients" : "meanOverStepsGradients", outputGradient(), inputGradient, pass)
                .elements((long) pass.rows() * steps * units);
    }

    private Launch launch(String kernel, Tensor from, Tensor to, Pass pass) {
        return device.kernel(kernel)
                .tensor(from)
                .address(absent.flags())
                .tensor(to)
                .address(found)
                .integer(steps)
                .integer(units)
                .integer(pass.rows());
    }
}
