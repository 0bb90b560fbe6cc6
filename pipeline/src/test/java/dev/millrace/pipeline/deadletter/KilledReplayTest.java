package dev.millrace.pipeline.deadletter;

import static dev.millrace.pipeline.deadletter.LetterBroker.mark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.pipeline.cli.Millrace;
import dev.millrace.pipeline.publish.TestLetters;
import dev.millrace.pipeline.source.DeadLetter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command, as a process of its own, killed between two transactions or in one; then run once more. */
@Timeout(180)
class KilledReplayTest {
    private static final int LETTERS = 2_000;
    private static final TopicPartition PLACE = new TopicPartition("clicks", 0);
    private static final ReplaySettings SETTINGS =
            new ReplaySettings(null, false, Long.MAX_VALUE, ReplaySettings.PER_TRANSACTION, false, () -> {});

    private static Path configuration(LetterBroker broker, Path directory) throws Exception {
        return Files.writeString(directory.resolve("training.yaml"), """
                model: {name: clicks, inputs: 1, layers: [{dense: {units: 1}}], loss: mean_squared_error}
                kafka.bootstrap.servers: %s
                source.topics: [clicks]
                checkpoint.directory: %s
                publish.directory: %s
                dead-letter: {policy: dead-letter, topic: letters}
                """.formatted(
                        broker.kafka.bootstrapServers(),
                        directory.resolve("checkpoints").toUri(),
                        directory.resolve("published")));
    }

    /** Slow enough to be caught in the middle: it takes eight seconds, in transactions of 250 records. */
    private static Process slowReplay(Path configuration, Path log) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Millrace.class.getName(),
                        "deadletter",
                        "replay",
                        "--rate",
                        "250",
                        "--config",
                        configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    @Test
    void everyRecordIsSentExactlyOnceWhateverTheMomentOfTheKill(@TempDir Path directory) throws Exception {
        try (LetterBroker broker = new LetterBroker()) {
            broker.write(IntStream.range(0, LETTERS)
                    .mapToObj(i -> TestLetters.of("clicks", 0, i, "UNKNOWN_SCHEMA", bytes(i)))
                    .toArray(DeadLetter[]::new));
            Path configuration = configuration(broker, directory);
            Path log = directory.resolve("replay.log");

            Process process = slowReplay(configuration, log);
            try {
                await().atMost(Duration.ofSeconds(90))
                        .until(() ->
                                !process.isAlive() || !broker.committed(PLACE).isEmpty());
            } finally {
                process.destroyForcibly();
            }
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            // Before the next replay nobody has aborted what was open; a reader sees what was committed.
            int before = broker.committed(PLACE).size();
            assertThat(before)
                    .as("killed in the middle; it said: %s", Files.readString(log))
                    .isBetween(250, LETTERS - 1);
            Tally tally = broker.replay(SETTINGS, LetterBroker.ALL);

            assertThat(tally.of(Standing.REPLAYED)).isEqualTo(before);
            assertThat(tally.of(Standing.OPEN)).isEqualTo(LETTERS - before);
            assertThat(broker.clicks(0))
                    .extracting(record -> ByteBuffer.wrap(record.value()).getInt())
                    .containsExactlyElementsOf(
                            IntStream.range(0, LETTERS).boxed().toList());
            assertThat(broker.clicks(0))
                    .allSatisfy(record -> assertThat(mark(record)).startsWith("1 clicks-0@"));
            assertThat(broker.replay(SETTINGS, LetterBroker.ALL).targets())
                    .as("a third one")
                    .isEmpty();
        }
    }

    private static byte[] bytes(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }
}
