package dev.millrace.pipeline.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What running a command line gave: its exit code and what it wrote. */
public record Ran(int exitCode, String out, String err) {

    public static Ran millrace(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Millrace.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        int exitCode = line.execute(args);
        return new Ran(exitCode, out.toString(), err.toString());
    }
}
