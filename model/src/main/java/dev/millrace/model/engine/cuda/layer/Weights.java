package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Tensor;
import dev.millrace.model.spec.PlacedLayer;

/**
 * A kernel and a bias as products take them, and their gradients.
 *
 * @param kernel as factors are
 * @param bias as the outputs are that it is added to
 */
record Weights(Tensor kernel, Tensor kernelGradient, Tensor bias, Tensor biasGradient) {

    /** Those of a layer whose first tensor is the kernel and whose second is the bias. */
    static Weights of(DeviceParameters parameters, PlacedLayer placed, Tensor output) {
        int kernel = placed.parameters().get(0).offset();
        int bias = placed.parameters().get(1).offset();
        return new Weights(
                parameters.factor(kernel),
                parameters.gradient(kernel),
                output.wide() ? parameters.exact(bias) : parameters.factor(bias),
                parameters.gradient(bias));
    }
}
