package dev.millrace.pipeline.publish;

/**
 * A snapshot whose files are written but not yet published: what the file sink's writer hands to its committer, and
 * what a checkpoint holds until then.
 *
 * @param name of its directory below {@code .staging}
 */
record StagedSnapshot(String model, long version, String name) {}
