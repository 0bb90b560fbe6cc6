package dev.millrace.pipeline.server;

/**
 * What the gate decided on a version. Crosses Flink edges as a POJO.
 *
 * @param outcome promoted, kept or refused
 * @param reason stable code of the reason
 * @param text the reason in a few words
 */
public record GateOutcome(long version, String outcome, String reason, String text) {}
