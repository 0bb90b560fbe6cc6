package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.local.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdviseCommandTest {
    @TempDir
    Path directory;

    private Path config;
    private Path data;

    @BeforeEach
    void writeFiles() throws IOException {
        config = directory.resolve("training.yaml");
        Files.writeString(config, """
                model:
                  name: planes
                  inputs: 2
                  layers: [{dense: {units: 1, activation: sigmoid}}]
                  loss: binary_crossentropy
                learning-rate: 0.1
                """);
        data = directory.resolve("planes.csv");
        Files.writeString(data, planes(600));
    }

    @Test
    void adviceOnAFileFitsATerminalAndIsWritten() throws IOException {
        Ran ran = advise("--label", "above", "--samples", "500", "--sizes", "1,4,16");

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
        assertThat(ran.out().lines().filter(line -> !line.startsWith("Wrote ")))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(ran.out())
                .startsWith("What the batch size does to model planes, measured on the newest 500 of 600\n"
                        + "samples of planes.csv, in ")
                .contains("Is 1 sample a step (plain SGD) worth it?", "Where does the loss begin to suffer?")
                .contains("left out: what a step costs between workers and parameter server.")
                .containsPattern("(?m)^ +4 +[0-9,.]+( M)? +[0-9,]+ +[0-9.]+ B +[0-9.]+ +\\S+ +\\S+ +0\\.[0-9]{4}")
                .doesNotContain("What does 32 give?");
        assertThat(directory.resolve("advice/advice.svg")).isNotEmptyFile();
        assertThat(directory.resolve("advice/advice.png")).isNotEmptyFile();
        assertThat(Files.readAllLines(directory.resolve("advice/advice.csv")))
                .hasSize(4)
                .first()
                .asString()
                .startsWith("size,samples_per_second,");
    }

    @Test
    void theLinesForTheConfigurationAreOnesThatItTakes() {
        Ran ran = advise("--label", "above", "--sizes", "2,8");
        List<String> arguments = new ArrayList<>(List.of("validate", "--offline", "--config", config.toString()));
        ran.out()
                .lines()
                .filter(line -> line.matches("(batch\\.|learning-rate).*: .*"))
                .forEach(line -> arguments.addAll(List.of("--set", line.replace(": ", "="))));
        arguments.addAll(List.of("--set", "kafka.bootstrap.servers=localhost:1", "--set", "source.topics=planes"));

        assertThat(arguments).hasSize(4 + 2 * 7);
        assertThat(Ran.millrace(arguments.toArray(new String[0])).exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void theNewestSamplesOfATopicAreReadAndBadOnesCounted() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            String servers = kafka.bootstrapServers();
            assertThat(Ran.millrace(
                                    "produce",
                                    "file",
                                    data.toString(),
                                    "--label",
                                    "above",
                                    "--topic",
                                    "planes",
                                    "--bootstrap-servers",
                                    servers,
                                    "--partitions",
                                    "2")
                            .exitCode())
                    .isEqualTo(ExitCode.OK);
            sendRubbish(servers);

            Ran ran = Ran.millrace(
                    "advise",
                    "--config",
                    config.toString(),
                    "--seconds",
                    "1",
                    "--sizes",
                    "4,16",
                    "--samples",
                    "400",
                    "--output",
                    directory.resolve("advice").toString(),
                    "--set",
                    "source.topics=planes",
                    "--set",
                    "kafka.bootstrap.servers=" + servers);

            assertThat(ran.exitCode()).as(ran.err()).isEqualTo(ExitCode.OK);
            assertThat(ran.out().replaceAll("\\s+", " "))
                    .contains("samples of topic planes (1 bad record left out), in ")
                    .contains("A bad record: planes-0 at ");
        }
    }

    @Test
    void aMissingTopicIsNamed() {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            Ran ran = Ran.millrace(
                    "advise",
                    "--config",
                    config.toString(),
                    "--timeout",
                    "3",
                    "--set",
                    "source.topics=nowhere",
                    "--set",
                    "kafka.bootstrap.servers=" + kafka.bootstrapServers());

            assertThat(ran.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(ran.err()).contains("nowhere").doesNotContain("\tat ");
        }
    }

    @Test
    void samplesThatDoNotFitAreRefusedByName() {
        assertThat(advise().err()).contains("planes.csv: row 1 must have the model's 2 features. Received: 3");
        assertThat(advise("--ignore", "above").err())
                .contains("row 1 must have a label. Received: none; say --label COLUMN");
        assertThat(advise("--label", "above", "--samples", "50").err())
                .contains("planes.csv must have at least 64 good samples. Received: 50");
        assertThat(advise("--label", "above", "--sizes", "0").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(advise("--label", "above", "--learning-rates", "0").err())
                .contains("--learning-rates must be in 1.0E-12..1000000.0. Received: 0.0");
    }

    private Ran advise(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "advise",
                "--config",
                config.toString(),
                "--data",
                data.toString(),
                "--seconds",
                "1",
                "--output",
                directory.resolve("advice").toString()));
        arguments.addAll(List.of(more));
        return Ran.millrace(arguments.toArray(new String[0]));
    }

    private static void sendRubbish(String servers) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("planes", 0, null, new byte[] {1, 2, 3}))
                    .get();
        }
    }

    private static String planes(int rows) {
        Random random = new Random(11);
        StringBuilder csv = new StringBuilder("x,y,above\n");
        for (int i = 0; i < rows; i++) {
            double x = random.nextGaussian();
            double y = random.nextGaussian();
            csv.append(String.format(Locale.ROOT, "%.4f,%.4f,%d\n", x, y, x + y > 0 ? 1 : 0));
        }
        return csv.toString();
    }
}
