package dev.millrace.pipeline.config;

/** What computes loss and gradient. */
public enum EngineChoice {
    /** The fastest engine that this machine has. */
    AUTO,
    /** The CPU. */
    ND4J
}
