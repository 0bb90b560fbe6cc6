package dev.millrace.model.layer;

import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * One layer compiled for the CPU, with its buffers for one chunk of rows. Forward keeps what backward needs; backward
 * of a chunk follows its forward.
 */
public interface Layer extends AutoCloseable {

    /**
     * Computes the outputs of the first {@code rows} rows.
     *
     * @param input [rows, inputs]; must stay as it is until backward
     * @param training whether backward follows; what belongs to training alone is left out of a prediction
     */
    void forward(FloatPointer input, int rows, boolean training);

    /** What {@link #forward} computed, [rows, outputs]; the last layer leaves it without its activation. */
    FloatPointer output();

    /** Where the next layer, or the loss, writes d loss / d output, [rows, outputs]. */
    FloatPointer outputGradient();

    /**
     * Adds to the parameters' gradient and computes the inputs'.
     *
     * @param input as given to forward
     * @param inputGradient receives d loss / d input, [rows, inputs]; null if nobody wants it
     * @param first whether the gradient is overwritten instead of added to
     * @param withNorms whether the result is wanted
     * @return sum over the rows of |g_r|^2, with g_r the gradient of this layer's parameters by row r alone; 0 if it is not
     *     wanted or there are no parameters
     */
    double backward(
            FloatPointer input, @Nullable FloatPointer inputGradient, int rows, boolean first, boolean withNorms);

    /** Clears what forward kept of one row, and its output gradients, so that it adds nothing to a gradient. */
    void silence(int row);

    @Override
    void close();
}
