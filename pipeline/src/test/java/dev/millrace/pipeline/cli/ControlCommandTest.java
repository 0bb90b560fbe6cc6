package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told before anything is sent. */
class ControlCommandTest {
    private static final String MINIMUM = """
            model:
              name: halves
              inputs: 4
              layers:
                - dense: {units: 1, activation: sigmoid}
              loss: binary_crossentropy
            kafka.bootstrap.servers: 127.0.0.1:9
            source.topics: [samples]
            """;

    private static Ran control(Path directory, String yaml, String... words) throws Exception {
        Path file = Files.writeString(directory.resolve("training.yaml"), yaml);
        String[] all = new String[words.length + 3];
        all[0] = "control";
        System.arraycopy(words, 0, all, 1, words.length);
        all[words.length + 1] = "--config";
        all[words.length + 2] = file.toString();
        return Ran.millrace(all);
    }

    @Test
    void aConfigurationWithoutAControlTopicTakesNoCommands(@TempDir Path directory) throws Exception {
        Ran ran = control(directory, MINIMUM, "pause");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).contains("no control.topic");
    }

    @Test
    void aBoundedJobTakesNoCommands(@TempDir Path directory) throws Exception {
        String bounded = MINIMUM + """
                source.bounded: true
                report.topic: reports
                control.topic: commands
                """;

        Ran ran = control(directory, bounded, "pause");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).contains("source.bounded");
    }

    @Test
    void aControlTopicWithoutAReportTopicIsAMistake(@TempDir Path directory) throws Exception {
        Ran ran = control(directory, MINIMUM + "control.topic: commands\n", "pause");

        assertThat(ran.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err()).contains("report.topic", "missing beside control.topic");
    }

    @Test
    void argumentsThatAreNoneAreMistakes(@TempDir Path directory) throws Exception {
        assertThat(control(directory, MINIMUM, "bounds", "5").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(control(directory, MINIMUM, "bounds", "5", "many").err()).contains("Received: many");
        assertThat(control(directory, MINIMUM, "pin", "large").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(control(directory, MINIMUM, "learning-rate", "fast").err()).contains("Received: fast");
    }
}
