package dev.millrace.pipeline.config;

/** How the weighted gradients of one step become one gradient. */
public enum Reduction {
    /** Divided by the sum of the weights. */
    MEAN,
    /** Added up, so that the step grows with the batch. */
    SUM
}
