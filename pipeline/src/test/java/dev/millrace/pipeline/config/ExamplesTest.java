package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest {
    private static final Path DIRECTORY = Path.of("../deploy/examples");

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleIsAGoodConfiguration(Path example) {
        TrainingConfig config = TrainingConfig.load(example, List.of());

        assertThat(config.model().get("name") + ".yaml")
                .isEqualTo(example.getFileName().toString());
        assertThat(config.publish().directory())
                .isEqualTo("snapshots/" + config.model().get("name"));
    }

    @Test
    void theArticlesLoopIsWhatItSays() {
        TrainingConfig config = TrainingConfig.load(DIRECTORY.resolve("article.yaml"), List.of());

        assertThat(config.batch().size()).isEqualTo(32);
        assertThat(config.learningRate()).containsEntry("initial", 0.01);
        assertThat(config.training().staleness()).isZero();
        assertThat(config.source().bounded()).isTrue();
        assertThat(config.model()).containsEntry("loss", "categorical_crossentropy");
    }
}
