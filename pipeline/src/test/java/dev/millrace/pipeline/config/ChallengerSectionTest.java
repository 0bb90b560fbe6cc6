package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.model.gate.ChallengeRule;
import dev.millrace.model.gate.GateMetric;
import dev.millrace.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChallengerSectionTest {
    private static final String MODEL = """
            model:
              name: clicks
              inputs: 4
              layers: [{dense: {units: 1, activation: sigmoid}}]
              loss: binary_crossentropy
            optimizer: {name: momentum, momentum: 0.8}
            learning-rate: 0.5
            kafka.bootstrap.servers: localhost:9092
            source.topics: [clicks]
            publish: {directory: snapshots/clicks, gate.metric: auc}
            """;

    @TempDir
    Path directory;

    private TrainingConfig load(String yaml) throws IOException {
        return ConfigLoader.of(Files.writeString(directory.resolve("training.yaml"), yaml))
                .load();
    }

    private ChallengerConfig challenger(String section) throws IOException {
        return Objects.requireNonNull(load(MODEL + section).challenger());
    }

    private void refused(String section, String... messages) {
        assertThatThrownBy(() -> load(MODEL + section))
                .isInstanceOf(ConfigException.class)
                .satisfies(e -> assertThat(String.valueOf(e.getMessage()).replaceAll(" +", " "))
                        .contains(messages));
    }

    @Test
    void withoutItThereIsNone() throws IOException {
        assertThat(load(MODEL).challenger()).isNull();
    }

    @Test
    void whatItLeavesOutIsAsTheModelHasIt() throws IOException {
        ChallengerConfig challenger = challenger("challenger.learning-rate: 0.1");

        assertThat(challenger.name()).isEqualTo("clicks-challenger");
        assertThat(ModelSpec.of(challenger.model()).layout())
                .isEqualTo(ModelSpec.of(load(MODEL).model()).layout());
        assertThat(challenger.optimizer()).containsEntry("momentum", 0.8);
        assertThat(challenger.learningRate()).containsEntry("initial", 0.1);
        assertThat(challenger.directory()).isEqualTo("snapshots/clicks/challenger");
        assertThat(challenger.rule()).isEqualTo(new ChallengeRule(GateMetric.AUC, 0, 1_000, 3, false));
    }

    @Test
    void everythingMayBeItsOwn() throws IOException {
        ChallengerConfig challenger = challenger("""
                challenger:
                  name: deep
                  model.layers: [{dense: {units: 8, activation: relu}}, {dense: {units: 1, activation: sigmoid}}]
                  optimizer: adam
                  learning-rate: {initial: 0.01}
                  promotion: when-better
                  min-improvement: 0.02
                  min-samples: 500
                  consecutive: 2
                  directory: snapshots/deep
                """);

        ModelSpec model = ModelSpec.of(challenger.model());
        assertThat(model.name()).isEqualTo("deep");
        assertThat(model.layers()).hasSize(2);
        assertThat(model.inputs()).isEqualTo(4);
        assertThat(challenger.optimizer()).containsOnlyKeys("name").containsEntry("name", "adam");
        assertThat(challenger.directory()).isEqualTo("snapshots/deep");
        assertThat(challenger.rule()).isEqualTo(new ChallengeRule(GateMetric.AUC, 0.02, 500, 2, true));
    }

    @Test
    void anotherProblemThanTheModelsIsRefused() {
        refused(
                """
                challenger.model:
                  inputs: 3
                  layers: [{dense: {units: 2, activation: linear}}]
                  loss: mean_squared_error
                """,
                "challenger.model.inputs must be as many as the model's (4). Received: 3",
                "challenger.model.loss must be the model's"
                        + " (binary_crossentropy), or the two cannot be compared. Received: mean_squared_error",
                "challenger.model.layers must end with as many outputs as the model's (1). Received: 2");
    }

    @Test
    void everyMistakeOfTheSectionIsNamed() {
        refused(
                """
                challenger:
                  model: {layers: [{dens: {units: 1}}], name: x}
                  optimizer: {name: sgd, beta: 1}
                  learning-rate: -1
                  promotion: when-better
                  consecutve: 2
                  directory: snapshots/clicks
                """,
                "challenger.consecutve unknown key; did you mean challenger.consecutive?",
                "challenger.model.name must not be set; use challenger.name",
                "challenger.model.layers",
                "challenger.optimizer.beta",
                "challenger.learning-rate",
                "challenger.directory must differ from publish.directory",
                "challenger.min-improvement is missing beside challenger.promotion: when-better");
        refused(
                "challenger: {name: clicks, optimizer: adam}",
                "challenger.name must differ from model.name. Received: clicks");
        refused(
                "challenger.promotion: when-better",
                "challenger must have a model, an optimizer or a learning-rate of its own");
        refused("challenger: {optimizer: adam, min-samples: 0}", "challenger.min-samples must be an integer >= 1");
    }

    @Test
    void theEffectiveConfigurationHasItAndIsTheSameWhenLoadedAgain() throws IOException {
        TrainingConfig config = load(MODEL + "challenger: {optimizer: adam, name: deep}");

        TrainingConfig again = load(config.effective());

        assertThat(again.hash()).isEqualTo(config.hash());
        assertThat(again.challenger()).isEqualTo(config.challenger());
    }
}
