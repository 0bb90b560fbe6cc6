package dev.millrace.pipeline.config;

/**
 * A family of keys whose names are not ours to list: everything below {@code prefix} is handed on.
 *
 * @param prefix ends with a dot
 */
public record Subtree(String prefix, String description) {

    boolean covers(String key) {
        return key.startsWith(prefix) && key.length() > prefix.length();
    }

    /** The key that a scalar for the whole subtree would have: the prefix without its dot. */
    String root() {
        return prefix.substring(0, prefix.length() - 1);
    }
}
