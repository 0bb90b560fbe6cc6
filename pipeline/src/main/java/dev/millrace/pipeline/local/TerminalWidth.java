package dev.millrace.pipeline.local;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Columns of the terminal. */
final class TerminalWidth {

    private static final int NARROWEST = 40;
    private static final int DEFAULT = 80;
    private static final int WIDEST = 100;

    private TerminalWidth() {}

    /** What {@code COLUMNS} says, or the terminal itself, or 80; from 40 to 100. */
    static int of(Map<String, String> environment) {
        int columns = number(environment.getOrDefault("COLUMNS", ""));
        if (columns == 0) {
            columns = asked();
        }
        return columns == 0 ? DEFAULT : Math.max(NARROWEST, Math.min(WIDEST, columns));
    }

    /** Columns by {@code stty}; 0 if it does not know. */
    private static int asked() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return stty.waitFor(1, TimeUnit.SECONDS) ? number(size.substring(size.lastIndexOf(' ') + 1)) : 0;
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static int number(String text) {
        return text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    }
}
