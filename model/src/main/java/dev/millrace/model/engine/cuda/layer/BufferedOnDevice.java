package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.Activation;

/** A layer's outputs and their gradients. */
abstract class BufferedOnDevice implements DeviceLayer {
    final Device device;

    /** Values of a row that leave it. */
    final int units;

    private final Tensor output; // [most, units]
    private final Tensor outputGradient; // [most, units]

    /**
     * Takes the memory.
     *
     * @param last whether it is the model's last layer, whose outputs are float32 whatever the precision
     */
    BufferedOnDevice(Compilation to, int units, boolean last) {
        this.device = to.device();
        this.units = units;
        boolean wide = device.wide();
        this.output = to.tensor((long) to.most() * units, last || wide);
        this.outputGradient = to.tensor((long) to.most() * units, wide);
    }

    @Override
    public final Tensor output() {
        return output;
    }

    @Override
    public final Tensor outputGradient() {
        return outputGradient;
    }

    /** {@code a = f(a)}. */
    final void activate(Activation activation, Pass pass) {
        if (code(activation) == 0) return;
        long count = (long) pass.rows() * units;
        device.kernel("activate")
                .address(output.address())
                .count(count)
                .integer(code(activation))
                .flag(output.wide())
                .elements(count);
    }

    /** {@code d *= f'(z)}. */
    final void applySlope(Activation activation, Pass pass) {
        if (code(activation) == 0) return;
        long count = (long) pass.rows() * units;
        device.kernel("slope")
                .address(outputGradient.address())
                .address(output.address())
                .count(count)
                .integer(code(activation))
                .flag(outputGradient.wide())
                .flag(output.wide())
                .elements(count);
    }

    /** How the kernels call it. */
    static int code(Activation activation) {
        return switch (activation) {
            case LINEAR, SOFTMAX -> 0;
            case RELU -> 1;
            case TANH -> 2;
            case SIGMOID -> 3;
        };
    }

    @Override
    public void silence(Pass pass) {
        pass.silence(device, output, units);
    }
}
