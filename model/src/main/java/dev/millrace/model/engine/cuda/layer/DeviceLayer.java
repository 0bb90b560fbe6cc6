package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One layer on a device, with its buffers for the most rows that go through at once; they belong to the {@link Compilation}. Its
 * methods enqueue work and return; what they enqueue for the same rows is the same each time, so that it can be recorded.
 */
interface DeviceLayer {

    /**
     * Computes the outputs.
     *
     * @param input [rows, inputs]; must stay as it is until backward
     */
    void forward(Tensor input, Pass pass);

    /** What {@link #forward} computed, [rows, outputs]; of the last layer float32 and without its activation. */
    Tensor output();

    /** Where the next layer, or the loss, writes d loss / d output, [rows, outputs]. */
    Tensor outputGradient();

    /**
     * Adds to the parameters' gradient, but for tables, and computes the inputs'.
     *
     * @param input as given to forward
     * @param inputGradient receives d loss / d input, [rows, inputs]; null if nobody wants it
     */
    void backward(Tensor input, @Nullable Tensor inputGradient, Pass pass);

    /** Clears what forward left in rows of weight zero, so that they add nothing to a gradient. */
    void silence(Pass pass);

    /** Whether it reads the samples' features as they came, in float32. */
    default boolean takesFeatures() {
        return false;
    }
}
