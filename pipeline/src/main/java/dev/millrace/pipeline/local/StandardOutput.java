package dev.millrace.pipeline.local;

import java.io.IOException;

/** What standard output is connected to. */
public final class StandardOutput {

    private StandardOutput() {}

    /** Whether it is a terminal; {@code System.console()} tells something else, and something else again on Java 22. */
    public static boolean isTerminal() {
        try {
            return new ProcessBuilder("test", "-t", "1")
                            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
