package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingConfigTest {
    private static final String MINIMAL = """
            model:
              name: digits
              inputs: 784
              layers:
                - dense: {units: 10, activation: softmax}
              loss: categorical_crossentropy
            kafka.bootstrap.servers: broker:9092
            source.topics: [samples]
            """;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("training.yaml");
    }

    private ConfigLoader yaml(String text) throws IOException {
        Files.writeString(file, text);
        return ConfigLoader.of(file).environment(Map.of("PASSWORD", "canary")::get);
    }

    @Nested
    class Values {
        @Test
        void theArticlesLoopIsTheDefault() throws IOException {
            TrainingConfig config = yaml(MINIMAL).load();

            assertThat(config.batch().size()).isEqualTo(32);
            assertThat(config.batch().policy()).isEqualTo(BatchPolicy.AUTO);
            assertThat(config.training().staleness()).isZero();
            assertThat(config.source().wireFormat()).isEqualTo(WireFormat.RAW);
            assertThat(config.source().groupId()).isEqualTo("millrace-digits");
            assertThat(config.checkpoint().interval()).isEqualTo(Duration.ofSeconds(10));
            assertThat(config.publish().maxPartBytes()).isEqualTo(512 << 10);
            assertThat(config.optimizer()).isEmpty();
        }

        @Test
        void nestedAndFlatKeysAreTheSame() throws IOException {
            String nested = yaml(MINIMAL + "batch: {size: 64, plateau: {window: 7}}\n")
                    .load()
                    .effective();
            String flat = yaml(MINIMAL + "batch.size: 64\nbatch.plateau.window: 7\n")
                    .load()
                    .effective();

            assertThat(nested).isEqualTo(flat).contains("batch.size: 64\n", "batch.plateau.window: 7\n");
        }

        @Test
        void theCommandLineWinsOverTheFileAndTheFileOverTheFallback() throws IOException {
            TrainingConfig config = yaml(MINIMAL + "batch.size: 64\ntraining.workers: 2\n")
                    .fallback("training.workers", 3)
                    .fallback("training.seed", 9)
                    .overrides(List.of("batch.size=128", "source.topics=[a, b]", "learning-rate=0.5"))
                    .load();

            assertThat(config.batch().size()).isEqualTo(128);
            assertThat(config.training().workers()).isEqualTo(2);
            assertThat(config.training().seed()).isEqualTo(9);
            assertThat(config.source().topics()).containsExactly("a", "b");
            assertThat(config.learningRate()).containsEntry("initial", 0.5);
        }

        @Test
        void anOverrideReplacesWhatLiesBelowItsKey() throws IOException {
            TrainingConfig config = yaml(MINIMAL + "optimizer: {name: adam, beta_1: 0.8}\n")
                    .overrides(List.of("optimizer=sgd"))
                    .load();

            assertThat(config.optimizer()).containsOnly(Map.entry("name", "sgd"));
        }

        @Test
        void familiesOfKeysAreHandedOn() throws IOException {
            TrainingConfig config = yaml(MINIMAL + """
                            kafka:
                              properties: {security.protocol: SASL_SSL}
                              source.properties: {max.poll.records: 5000}
                              sink.properties: {linger.ms: 5}
                            optimizer: {name: adam, clip_norm: 5.0}
                            flink.execution.checkpointing.timeout: 1 min
                            """).load();

            assertThat(config.kafka().source())
                    .containsEntry("security.protocol", "SASL_SSL")
                    .containsEntry("max.poll.records", "5000")
                    .containsEntry("isolation.level", "read_committed");
            assertThat(config.kafka().sink()).containsEntry("linger.ms", "5").doesNotContainKey("max.poll.records");
            assertThat(config.optimizer()).containsEntry("clip_norm", 5.0);
            assertThat(config.flink()).containsEntry("execution.checkpointing.timeout", "1 min");
        }

        @Test
        void aModelMayHaveAFileOfItsOwn() throws IOException {
            Files.writeString(
                    directory.resolve("model.yaml"),
                    "name: tiny\ninputs: 3\nlayers: [{dense: {units: 1}}]\nloss: hinge\n");

            TrainingConfig config =
                    yaml("model.file: model.yaml\nkafka.bootstrap.servers: b:1\nsource.topics: samples\n")
                            .load();

            assertThat(config.model()).containsEntry("name", "tiny").containsEntry("inputs", 3);
        }
    }

    @Nested
    class Mistakes {
        @Test
        void everyMistakeIsNamedAtOnce() throws IOException {
            ConfigLoader loader = yaml("""
                    model: {name: digits, inputs: 4, layers: [{dense: {units: 2}}], loss: hinge}
                    source.topics: [samples]
                    batch:
                      sise: 64
                      max-age: soon
                    training.workers: 0
                    kafka.properties.sasl.jaas.config: canary
                    """);

            assertThatThrownBy(loader::load).isInstanceOf(ConfigException.class).hasMessage("""
                            5 errors in training.yaml
                              kafka.properties.sasl.jaas.config   must not be set inline; use ${file:...} or ${env:...}
                              batch.sise                          unknown key; did you mean batch.size?
                              kafka.bootstrap.servers             is missing; must be text with host:port, several by commas
                              batch.max-age                       must be a duration such as 500 ms, 10 s or 5 min > 0. Received: soon
                              training.workers                    must be an integer in 1..32768. Received: 0""");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "batch.size: 2.5 | must be an integer in 1..1048576. Received: 2.5",
                    "batch.size: | must be an integer in 1..1048576. Received: nothing",
                    "batch.size: [1] | must be an integer in 1..1048576. Received: [1]",
                    "training.staleness: -1 | must be text that is unbounded or an integer >= 0. Received: -1",
                    "source.starting-offsets: oldest | must be one of earliest, latest, committed. Received: oldest",
                    "source.bounded: maybe | must be true or false. Received: maybe",
                    "metrics.fading: .nan | must be a number > 0 and < 1. Received: .nan",
                    "source.topics: [] | must be a list of names with at least one, none empty. Received: []",
                    "report.topic: samples | must differ from source.topics. Received: samples",
                    "publish.directory: hdfs://n/models | must be text without a scheme of HDFS, which shows files before they are whole. Received: hdfs://n/models",
                    "publish.snapshot-topic: s | is missing beside publish.snapshot-topic",
                    "publish.gate: {max-loss: 1, min-samples: 10001} | must be <= metrics.window (10000)",
                    "dead-letter.policy: dead-letter | is missing beside dead-letter.policy: dead-letter",
                    "dead-letter.topic: d | must be dead-letter for dead-letter.topic to be used",
                    "batch: {policy: loss-plateau, min: 64} | must be in batch.min..batch.max (64..4096). Received: 32",
                    "flink.pipeline.object-reuse: false | must not be set; the training loop needs true",
                    "flink.parallelism.default: 3 | must not be set; use training.workers",
                    "kafka.source.properties.group.id: g | must not be set; use source.group-id",
                    "model.input: 3 | unknown key",
                    "optimizer: sdg | must be one of sgd, momentum, nesterov, adam, adamw, adagrad, rmsprop, ftrl. Received: sdg",
                    "learning-rate: {initial: 0.1, warmup: 3} | unknown key",
                    "model.file: other.yaml | must not stand beside other model keys; keep one",
                    "kafka.properties.a: ${env:NONE} | refers to the unset environment variable NONE",
                    "kafka.properties.a: ${file:none} | refers to a file that cannot be read",
                    "kafka.properties.a: ${vault:x} | must refer to ${env:NAME} or ${file:PATH}. Received: ${vault:...}",
                })
        void aMistakeNamesConstraintAndWhatWasReceived(String line, String message) throws IOException {
            String withoutTopics =
                    line.startsWith("source.topics") ? MINIMAL.replace("source.topics: [samples]\n", "") : MINIMAL;

            Throwable thrown = catchThrowable(yaml(withoutTopics + line + "\n")::load);

            assertThat(thrown).isInstanceOf(ConfigException.class).hasMessageContaining(message);
            assertThat(thrown.getMessage()).startsWith("1 error in training.yaml");
        }

        @Test
        void aKeySetNestedAndFlatIsRefused() throws IOException {
            assertThatThrownBy(yaml(MINIMAL + "batch.size: 1\nbatch: {size: 2}\n")::load)
                    .hasMessageContaining("batch.size   is set twice, nested and flat; keep one");
        }

        @Test
        void anOverrideWithoutEqualsSignIsRefused() throws IOException {
            assertThatThrownBy(yaml(MINIMAL).overrides(List.of("batch.size: 3"))::load)
                    .hasMessageContaining("--set   must be key=value. Received: batch.size");
        }

        @Test
        void aMissingFileIsNamed() {
            assertThatThrownBy(() -> TrainingConfig.load(directory.resolve("none.yaml"), List.of()))
                    .hasMessageContaining("1 error in none.yaml")
                    .hasMessageContaining("cannot be read");
        }
    }

    @Nested
    class Secrets {
        private static final String PASSWORD = "kafka.properties.ssl.keystore.password";
        private static final String JAAS = "kafka.properties.sasl.jaas.config";

        @Test
        void referencesAreResolvedForTheClientAndForNobodyElse() throws IOException {
            Files.writeString(directory.resolve("keystore-password"), "canary\n");

            TrainingConfig config = yaml(MINIMAL + PASSWORD + ": ${file:keystore-password}\n" + JAAS
                            + ": 'Login required password=\"${env:PASSWORD}\";'\n")
                    .load();

            assertThat(config.kafka().source())
                    .containsEntry("ssl.keystore.password", "canary")
                    .containsEntry("sasl.jaas.config", "Login required password=\"canary\";");
            assertThat(config.toString() + config.kafka() + config.effective() + config.hash())
                    .doesNotContain("canary");
            assertThat(config.effective())
                    .contains(PASSWORD + ": \"${file:keystore-password}\"", JAAS + ": \"******\"");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    PASSWORD,
                    JAAS,
                    "kafka.sink.properties.ssl.keystore.key",
                    "flink.s3.secret-key",
                    "kafka.properties.sasl.oauthbearer.client.credentials.client.secret",
                    "flink.metrics.reporter.x.token"
                })
        void inlineSecretsAreRefusedFromFileAndCommandLineWithoutBeingShown(String key) throws IOException {
            assertThatThrownBy(yaml(MINIMAL + key + ": canary\n")::load)
                    .hasMessageContaining(key + "   must not be set inline")
                    .message()
                    .doesNotContain("canary");
            assertThatThrownBy(yaml(MINIMAL).overrides(List.of(key + "=canary"))::load)
                    .hasMessageContaining("must not be set inline")
                    .message()
                    .doesNotContain("canary");
        }

        @Test
        void anAddressOfATokenIsNoSecret() throws IOException {
            String key = "kafka.properties.sasl.oauthbearer.token.endpoint.url";

            assertThat(yaml(MINIMAL + key + ": https://id.example\n")
                            .load()
                            .kafka()
                            .admin())
                    .containsEntry("sasl.oauthbearer.token.endpoint.url", "https://id.example");
        }
    }

    @Nested
    class Effective {
        @Test
        void whatIsPrintedCanBeLoadedAgainAndMeansTheSame() throws IOException {
            TrainingConfig config = yaml(MINIMAL + """
                            optimizer: {name: adam, clip_norm: 5.0}
                            source.group-id: "007"
                            checkpoint.directory: "s3://bucket/a b"
                            publish.interval: 90 s
                            kafka.properties.ssl.key.password: ${env:PASSWORD}
                            """).load();

            TrainingConfig again = yaml(config.effective()).load();

            assertThat(again.effective()).isEqualTo(config.effective());
            assertThat(again.hash()).isEqualTo(config.hash()).matches("[0-9a-f]{64}");
            assertThat(again.source().groupId()).isEqualTo("007");
            assertThat(again.checkpoint().directory()).isEqualTo("s3://bucket/a b");
            assertThat(again.model()).isEqualTo(config.model());
        }

        @Test
        void theHashTellsConfigurationsApart() throws IOException {
            String hash = yaml(MINIMAL).load().hash();

            assertThat(yaml(MINIMAL + "batch.size: 32\n").load().hash()).isEqualTo(hash);
            assertThat(yaml(MINIMAL + "batch.size: 33\n").load().hash()).isNotEqualTo(hash);
        }
    }
}
