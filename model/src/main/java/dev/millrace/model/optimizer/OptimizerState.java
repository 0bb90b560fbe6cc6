package dev.millrace.model.optimizer;

/**
 * What an optimizer remembers between steps; part of every checkpoint.
 *
 * @param slots [slots][parameters]; none for plain SGD, one for momentum, two for Adam
 */
public record OptimizerState(float[][] slots) {}
