package dev.millrace.pipeline.cli;

/** What every verb says to the shell. */
public final class ExitCode {
    /** It worked. */
    public static final int OK = 0;
    /** It ran and failed, or a check found an error. */
    public static final int FAILED = 1;
    /** The command line or the configuration is wrong; nothing was started. */
    public static final int USAGE = 2;

    private ExitCode() {}
}
