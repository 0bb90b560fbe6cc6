package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code serve} refuses before it listens; what it answers is in the tests of its package. */
class ServeCommandTest {
    @TempDir
    Path directory;

    private Ran serve(String... more) {
        String[] args = new String[3 + more.length];
        args[0] = "serve";
        args[1] = "--directory";
        args[2] = directory.toString();
        System.arraycopy(more, 0, args, 3, more.length);
        return Ran.millrace(args);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--host 0.0.0.0 | --host 0.0.0.0 is reached from other machines, which takes --tls and --tokens.",
                "--max-body 0   | --max-body must be in 1..1073741824. Received: 0",
                "--follow best  | a version must be newest, champion, candidate, live or a number >= 0. Received: best",
                "--follow live  | --follow live needs --config FILE with publish.live.topic",
                "--max-age 0    | --max-age must be > 0. Received: PT0S",
                "--tokens none  | the tokens cannot be read",
                "--port 70000   | --port must be in 0..65535. Received: 70000",
            })
    void whatMakesNoSenseIsNamedBeforeTheServerListens(String option, String message) {
        Ran ran = serve(option.split(" "));

        assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err()).contains(message, "Try: millrace serve --help");
    }

    @Test
    void aPasswordOnTheCommandLineIsRefusedAndNotRepeated() throws Exception {
        Path store = Files.createFile(directory.resolve("server.p12"));

        Ran ran = serve("--tls", store.toString(), "--tls-password", "geheim");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err())
                .contains("--tls-password must be ${env:NAME} or ${file:PATH}")
                .doesNotContain("geheim");
    }

    @Test
    void whereTheSnapshotsAreMustBeSaid() {
        Ran nowhere = Ran.millrace("serve");
        Ran missing =
                Ran.millrace("serve", "--directory", directory.resolve("none").toString());

        assertThat(nowhere.err()).contains("Where are the snapshots? Say --directory DIR or --config FILE.");
        assertThat(missing.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(missing.err()).contains("There is no directory");
    }
}
