package dev.millrace.pipeline.server;

/**
 * The clock's part of a step.
 *
 * @param seconds from the parameters' leaving to the last gradient, without the time that all workers waited for samples
 * @param arrivalRate samples per second that arrive; NaN while unknown
 * @param lag samples that wait in the topics; NaN while unknown
 */
record StepTiming(double seconds, double arrivalRate, double lag) {}
