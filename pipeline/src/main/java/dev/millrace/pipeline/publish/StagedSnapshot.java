package dev.millrace.pipeline.publish;

/**
 * A snapshot whose files are written but not yet published: what the file sink's writer hands to its committer, and
 * what a checkpoint holds until then.
 *
 * @param root of the directory that it is staged in; empty if an earlier release staged it
 * @param name of its directory below {@code .staging}; empty where the aliases alone move
 * @param aliases a {@link dev.millrace.pipeline.server.AliasUpdate} as text; empty if an earlier release staged it
 */
record StagedSnapshot(String model, long version, String root, String name, String aliases) {
    boolean bringsVersion() {
        return !name.isEmpty();
    }
}
