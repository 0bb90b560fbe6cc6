package dev.millrace.pipeline.config;

/** What computes loss and gradient. */
public enum EngineChoice {
    /** A worker's CUDA device, if it has one that can compute the model, else the CPU. */
    AUTO,
    /** The CPU. */
    ND4J,
    /** A CUDA device, or the job fails. */
    CUDA
}
