package dev.millrace.pipeline.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.client.cli.CliFrontend;
import org.apache.flink.client.cli.DefaultCLI;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;

/** Flink's command line, one command per line with tabs between its words, each answered by a line with its exit code. */
final class FlinkShell {
    static final String ANSWER = "exit code ";

    private FlinkShell() {}

    public static void main(String[] args) throws IOException {
        Configuration configuration = GlobalConfiguration.loadConfiguration(args[0]);
        CliFrontend flink = new CliFrontend(configuration, List.of(new DefaultCLI()));
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            System.out.println(ANSWER + flink.parseAndRun(line.split("\t", -1)));
        }
    }
}
