package dev.millrace.model.layer;

import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * One layer compiled for the CPU, with its buffers for one chunk of rows. Forward keeps what backward needs; backward
 * of a chunk follows its forward.
 */
public interface Layer extends AutoCloseable {

    /** Values of one sample that leave it. */
    int units();

    /**
     * Computes the outputs of the first {@code rows} rows.
     *
     * @param input [rows, inputs]; must stay as it is until backward
     */
    void forward(FloatPointer input, int rows);

    /** What {@link #forward} computed, [rows, units]; the last layer leaves it without its activation. */
    FloatPointer output();

    /** Where the next layer, or the loss, writes d loss / d output, [rows, units]. */
    FloatPointer outputGradient();

    /**
     * Adds to the parameters' gradient and computes the inputs'.
     *
     * @param input as given to forward
     * @param inputGradient receives d loss / d input, [rows, inputs]; null if nobody wants it
     * @param first whether the gradient is overwritten instead of added to
     */
    void backward(FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first);

    /**
     * Sum over the rows of |g_r|^2, with g_r the gradient of this layer's parameters by row r alone; after backward.
     *
     * @param input as given to backward
     */
    double squaredNorms(FloatPointer input, int rows);

    /** Clears the outputs and the output gradients of one row, so that it adds nothing to a gradient. */
    void silence(int row);

    @Override
    void close();
}
