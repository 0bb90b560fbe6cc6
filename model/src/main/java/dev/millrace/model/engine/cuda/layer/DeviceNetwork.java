package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.ModelSpec;
import java.util.List;

/** A model's layers and loss on a device, with room for a number of rows. */
public final class DeviceNetwork implements AutoCloseable {
    private final Device device;
    private final Compilation compilation;
    private final DeviceLayers.Compiled compiled;
    private final LossOnDevice loss;
    private final int inputs;

    /**
     * Takes the memory, or nothing.
     *
     * @param most rows at once
     * @throws dev.millrace.model.engine.cuda.device.DeviceMemoryException if there is not enough
     */
    public DeviceNetwork(Device device, ModelSpec spec, DeviceParameters parameters, int most) {
        this.device = device;
        this.inputs = spec.inputs();
        this.compilation = new Compilation(device, parameters, most, inputs);
        boolean whole = false;
        try {
            this.compiled = DeviceLayers.compile(spec, compilation);
            whole = true;
        } finally {
            if (!whole) compilation.forget();
        }
        LayerSpec last = spec.layers().get(spec.layers().size() - 1);
        this.loss = new LossOnDevice(device, spec.loss(), last.activation(), spec.outputs());
    }

    /** Rows that there is room for. */
    int most() {
        return compilation.most();
    }

    List<TableOnDevice> tables() {
        return compiled.tables();
    }

    /** Enqueues a forward pass and, of a training pass, the way back; the rows of tables apart. */
    void run(Pass pass) {
        Chain layers = compiled.layers();
        Tensor features = Tensor.wide(pass.features());
        layers.forward(features, pass);
        loss.apply(layers.output(), layers.outputGradient(), pass);
        if (!pass.training()) return;
        if (pass.withNorms()) device.zero(pass.norms(), (long) pass.rows() * Float.BYTES);
        if (pass.silenced()) {
            pass.silence(device, features, inputs);
            layers.silence(pass);
        }
        layers.backward(false, pass);
    }

    @Override
    public void close() {
        compilation.forget();
    }
}
