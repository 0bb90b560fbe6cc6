package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.TestLetters;
import dev.millrace.pipeline.publish.TopicContents;
import dev.millrace.pipeline.source.DeadLetter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code deadletter} on a topic with four letters of two reasons. */
@Timeout(120)
class DeadLetterCommandTest {
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    @BeforeAll
    static void writeLetters() {
        kafka = EmbeddedKafka.startTemporary();
        kafka.createTopic("clicks", 1, Map.of());
        kafka.createTopic("letters", 1, Map.of());
        write(TestLetters.of("clicks", 0, 1, "UNKNOWN_SCHEMA", new byte[] {1, 2}));
        write(TestLetters.of("clicks", 0, 2, "UNKNOWN_SCHEMA", new byte[] {3}));
        write(new DeadLetter(
                "clicks",
                0,
                7,
                70,
                "TOO_LARGE",
                "at most 2 bytes.\u001b[31m Received: 3",
                new byte[] {9},
                new byte[] {5, 6},
                3,
                new String[] {"trace", "none"},
                new byte[][] {{0, 1}, null}));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // close waits for it
    private static void write(DeadLetter letter) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(TestLetters.record("letters", letter));
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private Ran deadletter(String verb, String... more) throws IOException {
        return withSection("dead-letter: {policy: dead-letter, topic: letters}", verb, more);
    }

    private Ran withSection(String section, String verb, String... more) throws IOException {
        Path file = Files.writeString(directory.resolve("training.yaml"), """
                model: {name: clicks, inputs: 1, layers: [{dense: {units: 1}}], loss: mean_squared_error}
                kafka.bootstrap.servers: %s
                source.topics: [clicks]
                checkpoint.directory: %s
                publish.directory: %s
                %s
                """.formatted(
                        kafka.bootstrapServers(),
                        directory.resolve("checkpoints").toUri(),
                        directory.resolve("published"),
                        section));
        List<String> words = new ArrayList<>(List.of("deadletter", verb, "--config", file.toString()));
        words.addAll(List.of(more));
        return Ran.millrace(words.toArray(String[]::new));
    }

    @Test
    void listCountsByReasonAndPlaceAndShowsTheNewestFirst() throws IOException {
        Ran ran = deadletter("list");

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        assertThat(ran.out())
                .containsPattern("UNKNOWN_SCHEMA +clicks +0 +2 ")
                .containsPattern("TOO_LARGE +clicks +0 +1 ")
                .contains("3 letter(s) in letters")
                .contains("1 cut, and so not whole");
        assertThat(ran.out().indexOf("TOO_LARGE  clicks-0@7  3 bytes"))
                .isPositive()
                .isLessThan(ran.out().indexOf("UNKNOWN_SCHEMA  clicks-0@2  1 bytes"));
        assertThat(ran.out()).as("what a record says cannot steer the terminal").doesNotContain("\u001b");
    }

    @Test
    void listFilters() throws IOException {
        Ran byReason = deadletter("list", "--reason", "TOO_LARGE", "--limit", "0");
        Ran byTopic = deadletter("list", "--topic", "another");
        Ran byTime = deadletter("list", "--since", "1h", "--limit", "1");

        assertThat(byReason.out()).contains("1 letter(s)").doesNotContain("UNKNOWN", "newest");
        assertThat(byTopic.out()).contains("0 letter(s)");
        assertThat(byTime.out()).contains("3 letter(s)").contains("clicks-0@7").doesNotContain("clicks-0@2");
    }

    @Test
    void listWritesRecordsToFiles() throws IOException {
        Path output = directory.resolve("letters");

        Ran ran = deadletter("list", "--output", output.toString());

        assertThat(ran.out()).contains("3 record(s) are in " + output);
        assertThat(Files.readAllBytes(output.resolve("clicks-0@1.value"))).containsExactly(1, 2);
        assertThat(output.resolve("clicks-0@1.key")).doesNotExist();
        assertThat(Files.readAllBytes(output.resolve("clicks-0@7.key"))).containsExactly(9);
        JsonNode json =
                new ObjectMapper().readTree(output.resolve("clicks-0@7.json").toFile());
        assertThat(json.path("reason").asText()).isEqualTo("TOO_LARGE");
        assertThat(json.path("truncated").asBoolean()).isTrue();
        assertThat(json.path("headers").get(0).path("value").binaryValue()).containsExactly(0, 1);
        assertThat(json.path("headers").get(1).path("value").isNull()).isTrue();
    }

    @Test
    void replaySaysWhatItSentAndWhatNot() throws IOException {
        Ran rehearsed = deadletter("replay", "--dry-run");
        Ran first = deadletter("replay");
        Ran second = deadletter("replay");

        assertThat(rehearsed.out()).contains("2 record(s) would go to clicks").contains("1 cut, and so not whole");
        assertThat(first.exitCode()).as(first.err()).isEqualTo(ExitCode.OK);
        assertThat(first.out()).contains("2 record(s) were sent to clicks").contains("1 cut, and so not whole");
        assertThat(second.out()).contains("Nothing was sent.").contains("2 replayed already");
        assertThat(TopicContents.of(kafka, "clicks"))
                .extracting(record -> record.value()[0])
                .containsExactly((byte) 1, (byte) 3);
    }

    @Test
    void aConfigurationWithoutLettersAndAWrongTimeAreExplained() throws IOException {
        Ran none = withSection("dead-letter.policy: fail", "list");
        Ran time = deadletter("list", "--since", "yesterday");
        Ran missing = withSection("dead-letter: {policy: dead-letter, topic: elsewhere}", "replay");

        assertThat(none.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(none.err()).contains("set dead-letter.policy: dead-letter and dead-letter.topic");
        assertThat(time.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(time.err()).contains("--since must be a time such as").contains("Received: yesterday");
        assertThat(missing.err()).contains("Topic elsewhere (dead-letter.topic) does not exist");
    }
}
