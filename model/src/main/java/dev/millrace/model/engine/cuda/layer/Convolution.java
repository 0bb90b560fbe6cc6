package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Tensor;

/**
 * How a layer's convolution is computed: {@code z = P W + b} with the patches P of the images. Takes all rows of a pass, and
 * enqueues the same for the same rows each time.
 */
interface Convolution {

    /**
     * {@code a = P W + b}.
     *
     * @param output [rows, positions, filters]
     * @param rectified whether {@code a = max(P W + b, 0)} is wanted
     */
    void forward(Tensor input, Tensor output, boolean rectified, Pass pass);

    /** {@code dW += P' dz}, and the norms of it that the pass wants. */
    void kernelGradient(Tensor input, Tensor dz, Pass pass);

    /** {@code dP = dz W'}, added up where the patches came from; after {@link #forward} of the same pass. */
    void inputGradient(Tensor dz, Tensor inputGradient, Pass pass);
}
