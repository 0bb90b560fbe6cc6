package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.DropoutSpec;
import org.jspecify.annotations.Nullable;

/** In training {@code a = m x} and {@code dx = m da}, with the masks that the CPU draws; else {@code a = x}. */
final class DropoutOnDevice extends BufferedOnDevice {
    private static final int BITS = 31;

    private final long seed;
    private final double rate;
    private final int kept; // below this a random integer of 31 bits keeps its value

    DropoutOnDevice(Compilation to, int units, DropoutSpec spec, boolean last) {
        super(to, units, last);
        this.seed = spec.seed();
        this.rate = spec.rate();
        this.kept = (int) Math.min(Integer.MAX_VALUE, Math.round((1 - rate) * (1L << BITS)));
    }

    @Override
    public void forward(Tensor input, Pass pass) {
        through(input, output(), pass);
    }

    @Override
    public void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass) {
        if (inputGradient != null) through(outputGradient(), inputGradient, pass);
    }

    private void through(Tensor from, Tensor to, Pass pass) {
        if (!pass.training() || rate == 0) {
            Columns.all(device, from, to, units, pass.rows());
            return;
        }
        device.kernel("dropout")
                .address(from.address())
                .address(to.address())
                .integer(pass.rows())
                .integer(units)
                .count(seed)
                .integer(kept)
                .real((float) (1 / (1 - rate)))
                .address(pass.rowsBefore())
                .flag(from.wide())
                .flag(to.wide())
                .elements((long) pass.rows() * units);
    }
}
