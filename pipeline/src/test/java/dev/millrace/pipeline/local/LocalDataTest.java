package dev.millrace.pipeline.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.cli.Ran;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code local --data} with JSON lines that are records: mails as text, through the example's own configuration. */
@Timeout(300)
class LocalDataTest {
    private static final Path EXAMPLES = Path.of("../deploy/examples");
    private static final String[] SPAM = {"winner", "cash", "free", "offer", "pills", "click"};
    private static final String[] HAM = {"minutes", "patch", "lunch", "thanks", "review", "kernel"};
    private static final String[] BOTH = {"the", "and", "of", "a", "to", "you", "we", "on"};

    @TempDir
    Path directory;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private Path mails;

    @BeforeEach
    void writeMails() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        mails = directory.resolve("mails.jsonl");
        try (BufferedWriter out = Files.newBufferedWriter(mails)) {
            for (int i = 0; i < 800; i++) {
                boolean spam = random.nextInt(3) == 0;
                out.write(new ObjectMapper()
                                .writeValueAsString(
                                        Map.of("id", "m" + i, "text", text(random, spam), "spam", spam, "size", 17))
                        + "\n");
            }
        }
    }

    /** Thirty words that tell nothing and three that do. */
    private static String text(SplittableRandom random, boolean spam) {
        StringBuilder text = new StringBuilder("Subject: ");
        for (int i = 0; i < 33; i++) {
            String[] words = i % 11 != 5 ? BOTH : spam ? SPAM : HAM;
            text.append(words[random.nextInt(words.length)]).append(i % 7 == 0 ? ",\n" : " ");
        }
        return text.toString();
    }

    private int local(Path data) throws Exception {
        LocalCommand command = new LocalCommand(TrainingJob::define, Map.of());
        new CommandLine(command)
                .parseArgs(
                        "--directory",
                        directory.resolve("run").toString(),
                        "--config",
                        EXAMPLES.resolve("mails.yaml").toString(),
                        "--set",
                        "publish.directory=" + directory.resolve("snapshots"),
                        "--data",
                        data.toString(),
                        "--schema",
                        EXAMPLES.resolve("mail.avsc").toString(),
                        "--rate",
                        "0");
        return command.prepare(new LiveScreen(new PrintStream(said, true, StandardCharsets.UTF_8), false, false, 80))
                .run(null, 0, 1);
    }

    @Test
    void mailsAsJsonLinesTrainAModelThatPredictsMailsAsJsonLines() throws Exception {
        int code = local(mails);

        assertThat(code).as(said.toString(StandardCharsets.UTF_8)).isZero();
        Path predictions = directory.resolve("predictions.csv");
        Ran predicted = Ran.millrace(
                "predict",
                "-d",
                directory.resolve("snapshots").toString(),
                "--schema",
                EXAMPLES.resolve("mail.avsc").toString(),
                "--output",
                predictions.toString(),
                mails.toString());

        assertThat(predicted.exitCode()).as(predicted.err()).isZero();
        assertThat(predicted.out()).contains("800 examples").containsPattern("accuracy +(0\\.99|1\\.00)");
        assertThat(Files.readAllLines(predictions))
                .hasSize(801)
                .element(1)
                .asString()
                .startsWith("m0,");
    }

    @Test
    void aLineThatIsNoRecordEndsTheRunWithItsNumberBeforeAnythingIsTrained() throws Exception {
        Files.writeString(mails, Files.readString(mails).replaceFirst("\\{[^\n]*\n", "{\"id\": \"m0\"}\n"));

        int code = local(mails);

        assertThat(code).isEqualTo(1);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("mails.jsonl: line 1 must be a record of Mail", "text")
                .doesNotContain("waiting for the first step");
        assertThat(directory.resolve("snapshots")).doesNotExist();
    }
}
