package dev.millrace.pipeline.config;

/**
 * One mistake in a configuration.
 *
 * @param message constraint and what was received; never the value of a secret
 */
public record ConfigProblem(String key, String message) {}
