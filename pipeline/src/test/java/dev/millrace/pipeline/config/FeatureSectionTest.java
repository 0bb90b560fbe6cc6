package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureSectionTest {
    private static final String GOOD = """
            model:
              name: bids
              inputs: 1
              layers: [{dense: {units: 1, activation: sigmoid}}]
              loss: binary_crossentropy
            kafka.bootstrap.servers: localhost:9092
            source: {topics: [bids], schema: bid.avsc}
            features:
              inputs: [{numeric: {field: price}}]
              label: {field: won, classes: [LOST, WON]}
            """;

    @TempDir
    Path directory;

    @BeforeEach
    void writeSchema() throws IOException {
        Files.writeString(directory.resolve("bid.avsc"), """
                {"type": "record", "name": "Bid", "fields": [
                  {"name": "price", "type": "double"}, {"name": "won", "type": "string"},
                  {"name": "flag", "type": "boolean"}]}
                """);
    }

    private TrainingConfig load(String yaml) throws IOException {
        Path file = directory.resolve("training.yaml");
        Files.writeString(file, yaml);
        return ConfigLoader.of(file)
                .environment(name -> name.equals("REGISTRY_PASSWORD") ? "canary" : null)
                .load();
    }

    private void refused(String yaml, String... messages) {
        assertThatThrownBy(() -> load(yaml))
                .isInstanceOf(ConfigException.class)
                .satisfies(e -> assertThat(String.valueOf(e.getMessage()).replaceAll(" +", " "))
                        .contains(messages));
    }

    @Test
    void aGoodSectionIsAMapping() throws IOException {
        RecordMapping mapping = Objects.requireNonNull(load(GOOD).features());

        assertThat(mapping.mapping().spec().classes()).containsExactly("LOST", "WON");
        assertThat(mapping.mapping().schema().getFields()).hasSize(2);
        assertThat(mapping.schema()).contains("flag");
    }

    @Test
    void widthAndClassesMustBeTheModels() {
        refused(
                GOOD.replace("inputs: 1", "inputs: 4").replace("[LOST, WON]", "[a, b, c]"),
                "2 errors",
                "model.inputs must be 1, as many as features.inputs give. Received: 4",
                "features.label.classes must be 2 for the one output of binary_crossentropy. Received: 3 classes for 1"
                        + " output(s)");
        refused(
                GOOD.replace("units: 1, activation: sigmoid", "units: 3, activation: softmax")
                        .replace("binary", "categorical"),
                "features.label.classes must be 3, as many as the model has outputs. Received: 2");
    }

    @Test
    void mistakesOfSectionAndSchemaAreNamedWithTheOthers() {
        refused(
                GOOD.replace("numeric: {field: price}", "numeric: {field: price, clip: 1}")
                        .replace("units: 1", "units: 0"),
                "2 errors",
                "features.inputs[0].numeric.clip unknown key",
                "dense.units must be an integer");
        refused(GOOD.replace("field: price", "field: cost"), "cost is not in the schema: record Bid has no field cost");
        refused(GOOD.replace("bid.avsc", "none.avsc"), "source.schema cannot be read");
        refused(GOOD.replace(", schema: bid.avsc", ""), "source.schema is missing beside features");
        refused(GOOD.replace("  label: {field: won, classes: [LOST, WON]}\n", ""), "features.label is missing");
    }

    @Test
    void aRegistryIsForConfluentRecordsAndStandsAlone() throws IOException {
        String registry = "source.schema-registry: {url: 'http://localhost:8081/', user: ann, password:"
                + " '${env:REGISTRY_PASSWORD}'}\n";

        refused(GOOD + registry, "source.wire-format must be confluent");
        refused(GOOD + "source.wire-format: confluent\n", "or source.schema-directory is missing");
        refused(
                GOOD + registry + "source.wire-format: confluent\nsource.schema-directory: x\n",
                "source.schema-directory must not stand beside");
        refused(
                GOOD + registry.replace("'${env:REGISTRY_PASSWORD}'", "secret") + "source.wire-format: confluent\n",
                "source.schema-registry.password must not be set inline");
        TrainingConfig config = load(GOOD + registry + "source.wire-format: confluent\n");
        RegistryConfig connection = Objects.requireNonNull(config.source().registry());
        assertThat(connection.url()).isEqualTo("http://localhost:8081");
        assertThat(connection.password()).isEqualTo("canary");
        assertThat(config.effective() + config.source()).doesNotContain("canary");
    }
}
