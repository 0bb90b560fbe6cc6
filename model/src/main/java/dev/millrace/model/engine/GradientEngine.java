package dev.millrace.model.engine;

/**
 * Computes loss and gradient of one model on one device. It owns the device memory: parameters stay there between
 * calls. Not thread-safe: one engine per worker. Nothing is allocated per call once the largest micro-batch was seen.
 */
public interface GradientEngine extends AutoCloseable {

    /** How the engine is called in logs, metrics and provenance: {@code nd4j} or {@code cuda}. */
    String name();

    /**
     * Copies a block of the flat parameter vector to the device.
     *
     * @param offset where the block begins in the flat vector
     * @param block the values; the first {@code length} count
     */
    void upload(int offset, float[] block, int length);

    /**
     * Copies rows of a table to the device.
     *
     * @param table which of the model's tables
     * @param rows which of its rows; the first {@code count} count
     * @param values [count, width], row-major
     */
    void uploadRows(int table, int[] rows, float[] values, int count);

    /**
     * Overwrites {@code into} with the sums over all rows of the batch at the parameters uploaded last. The same calls in
     * the same order give the same bits; a model with dropout draws new masks for each row, by the seed of the layer and
     * the number of rows that this engine has learnt from before.
     *
     * @param microBatch how many rows go through the device at once, >= 1; the result does not depend on it but for
     *     rounding
     */
    void lossAndGradient(SampleBatch batch, int microBatch, GradientSum into);

    /**
     * Writes the model's outputs (after the last activation) for all rows.
     *
     * @param predictions at least [rows, outputs], row-major
     */
    void predict(SampleBatch batch, int microBatch, float[] predictions);

    @Override
    void close();
}
