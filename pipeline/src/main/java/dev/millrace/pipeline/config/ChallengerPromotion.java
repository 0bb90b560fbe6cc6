package dev.millrace.pipeline.config;

/** Who has model and challenger change roles. */
public enum ChallengerPromotion {
    /** A person. */
    MANUAL,
    /** The rule, and a person. */
    WHEN_BETTER
}
