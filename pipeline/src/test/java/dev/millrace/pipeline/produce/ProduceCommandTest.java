package dev.millrace.pipeline.produce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.Millrace;
import dev.millrace.pipeline.local.EmbeddedKafka;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(120)
class ProduceCommandTest {
    private static final String NOBODY = "127.0.0.1:1";

    @TempDir
    Path directory;

    private final StringWriter said = new StringWriter();

    private int produce(Path file, String broker, String... options) {
        CommandLine line = Millrace.commandLine();
        line.setOut(new PrintWriter(said, true)).setErr(new PrintWriter(said, true));
        String[] args = new String[options.length + 7];
        System.arraycopy(
                new String[] {"produce", "file", file.toString(), "--topic", "bids", "--bootstrap-servers", broker},
                0,
                args,
                0,
                7);
        System.arraycopy(options, 0, args, 7, options.length);
        return line.execute(args);
    }

    private Path bids(String... rows) throws IOException {
        return Files.writeString(directory.resolve("bids.csv"), "bid,outcome\n" + String.join("\n", rows) + "\n");
    }

    @Test
    void shouldSendAFileAndSayWhereItEndsWhenARowIsWrong() throws IOException {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            Path good = bids("1.5,WON", "2,LOST");
            int sent = produce(good, kafka.bootstrapServers(), "--label", "outcome", "--classes", "LOST,WON");
            Path bad = bids("1.5,1", "2,0", "much,1");
            int failed = produce(bad, kafka.bootstrapServers(), "--label", "outcome");

            assertThat(said.toString())
                    .contains("2 samples")
                    .contains(bad + ": line 4, column bid must be a number. Received: much (2 samples sent to bids, 2"
                            + " acknowledged)");
            assertThat(sent).isEqualTo(ExitCode.OK);
            assertThat(failed).isEqualTo(ExitCode.FAILED);
        }
    }

    @Test
    void shouldReadTheFileBeforeItAsksForABroker() throws IOException {
        Path file = bids("1,0");

        assertThat(produce(file, NOBODY, "--label", "outcom")).isEqualTo(ExitCode.FAILED);
        assertThat(produce(directory.resolve("no.csv"), NOBODY)).isEqualTo(ExitCode.FAILED);

        assertThat(said.toString())
                .contains(file + ": --label must be one of the columns bid, outcome. Received: outcom")
                .contains("no.csv: there is no such file, or it may not be read");
    }

    @Test
    void shouldSayWhichAddressDoesNotAnswerInTheTimeGiven() throws IOException {
        long begin = System.nanoTime();

        assertThat(produce(bids("1,0"), NOBODY, "--timeout", "2")).isEqualTo(ExitCode.FAILED);

        assertThat(said.toString()).contains("topic bids at " + NOBODY + " could not be made: no answer in time");
        assertThat((System.nanoTime() - begin) / 1e9).isLessThan(30);
    }

    @Test
    void shouldRefuseOptionsThatAreNone() throws IOException {
        Path csv = bids("1,0");
        Path json = directory.resolve("bids.jsonl");

        assertThat(produce(csv, NOBODY, "--timeout", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(produce(csv, NOBODY, "--delimiter", "::")).isEqualTo(ExitCode.USAGE);
        assertThat(produce(json, NOBODY, "--features", "bid")).isEqualTo(ExitCode.USAGE);

        assertThat(said.toString())
                .contains("--timeout must be >= 1. Received: 0")
                .contains("--delimiter must be one character, or tab. Received: ::")
                .contains("--features is not for such a file. Received: " + json);
    }
}
