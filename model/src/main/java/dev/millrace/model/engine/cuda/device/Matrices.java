package dev.millrace.model.engine.cuda.device;

/**
 * Row-major matrices of a batch.
 *
 * @param first of them
 * @param leading values from one row of a matrix to the next
 * @param apart values from one matrix to the next
 */
public record Matrices(Tensor first, int leading, long apart) {}
