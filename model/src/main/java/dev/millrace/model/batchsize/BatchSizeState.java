package dev.millrace.model.batchsize;

/**
 * A policy's memory as a value; part of every checkpoint.
 *
 * @param batchSize global batch size decided last
 * @param reason why, in a few words, for report and metrics
 * @param memory the policy's own numbers; empty where it has none
 */
public record BatchSizeState(int batchSize, String reason, double[] memory) {}
