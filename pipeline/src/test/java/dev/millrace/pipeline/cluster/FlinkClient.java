package dev.millrace.pipeline.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The other end of a {@link FlinkShell}. */
final class FlinkClient {
    private final PrintWriter commands;
    private final BufferedReader answers;

    FlinkClient(Process shell) {
        commands = new PrintWriter(shell.outputWriter(StandardCharsets.UTF_8), true);
        answers = shell.inputReader(StandardCharsets.UTF_8);
    }

    /** Waits for the end of the command; fails unless it succeeded. */
    void run(String... arguments) throws IOException {
        commands.println(String.join("\t", arguments));
        StringBuilder said = new StringBuilder();
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            if (line.equals(FlinkShell.ANSWER + "0")) return;
            said.append(line).append('\n');
            if (line.startsWith(FlinkShell.ANSWER)) break;
        }
        throw new AssertionError("flink " + String.join(" ", arguments) + " failed:\n" + said);
    }
}
