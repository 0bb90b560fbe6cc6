package dev.millrace.pipeline.local;

/** Whether a person is looking. */
public final class Terminal {
    private Terminal() {}

    /** Whether input and output are a terminal; the start script keeps Java's old meaning on newer releases. */
    @SuppressWarnings("SystemConsoleNull") // with -Djdk.console=java.base it is null without a terminal, as before
    public static boolean isAttached() {
        return System.console() != null;
    }
}
