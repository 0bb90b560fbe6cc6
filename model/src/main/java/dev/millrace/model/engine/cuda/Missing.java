package dev.millrace.model.engine.cuda;

/** Why a native library cannot be loaded. */
final class Missing {
    private Missing() {}

    /** What the linker looked for: the innermost cause names it. */
    static String library(LinkageError e) {
        Throwable cause = e;
        while (cause.getCause() != null) cause = cause.getCause();
        return String.valueOf(cause.getMessage());
    }

    /** A class that failed says why but once in a process; jobs that each have this class of their own share its answer. */
    static String once(String property, String reason) {
        return String.valueOf(System.getProperties().computeIfAbsent(property, key -> reason));
    }
}
