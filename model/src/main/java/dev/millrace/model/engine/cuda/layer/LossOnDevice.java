package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Launch;
import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.Activation;
import dev.millrace.model.spec.Loss;

/** A loss together with the last activation: predictions, the loss of each row and its gradient at the logits. */
final class LossOnDevice {
    private final Device device;
    private final Loss loss;
    private final Activation activation;
    private final int outputs;

    LossOnDevice(Device device, Loss loss, Activation activation, int outputs) {
        this.device = device;
        this.loss = loss;
        // Cross-entropy from logits: the prediction is their sigmoid whatever the layer says.
        this.activation = loss == Loss.BINARY_CROSSENTROPY ? Activation.SIGMOID : activation;
        this.outputs = outputs;
    }

    void apply(Tensor logits, Tensor gradient, Pass pass) {
        boolean categorical = loss == Loss.CATEGORICAL_CROSSENTROPY;
        Launch launch = device.kernel(categorical ? "categorical" : "elementwise")
                .address(logits.address())
                .address(pass.labels())
                .address(pass.weights())
                .integer(pass.rows())
                .integer(outputs)
                .address(pass.predictions())
                .address(pass.losses())
                .address(gradient.address())
                .flag(gradient.wide());
        if (!categorical) launch.integer(code()).integer(BufferedOnDevice.code(activation));
        launch.rows(pass.rows());
    }

    /** How the kernels call it. */
    private int code() {
        return switch (loss) {
            case CATEGORICAL_CROSSENTROPY -> 0;
            case BINARY_CROSSENTROPY -> 1;
            case MEAN_SQUARED_ERROR -> 2;
            case HINGE -> 3;
        };
    }
}
