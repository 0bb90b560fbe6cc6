package dev.millrace.model.batchsize;

/**
 * What one closed step tells a batch-size policy.
 *
 * @param samples samples of the step, > 0
 * @param loss weighted mean loss of the step, before its update
 */
public record StepReading(int samples, double loss) {}
