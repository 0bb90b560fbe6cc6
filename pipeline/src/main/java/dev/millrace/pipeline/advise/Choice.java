package dev.millrace.pipeline.advise;

/**
 * One line of the advice.
 *
 * @param key of the configuration
 * @param value for it
 * @param reason in a sentence, from what was measured
 */
record Choice(String key, String value, String reason) {}
