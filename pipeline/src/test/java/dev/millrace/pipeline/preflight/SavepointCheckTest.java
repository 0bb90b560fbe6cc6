package dev.millrace.pipeline.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.TrainingJob;
import dev.millrace.pipeline.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fault 43: savepoints that are cut off, damaged or gone. */
class SavepointCheckTest {
    @TempDir
    Path directory;

    private static byte[] golden() throws Exception {
        return Files.readAllBytes(
                Path.of(Objects.requireNonNull(SavepointCheckTest.class.getResource("/savepoints/0.1.0/_metadata"))
                        .toURI()));
    }

    private String savepoint(byte[] metadata) throws IOException {
        Files.write(directory.resolve("_metadata"), metadata);
        return directory.toUri().toString();
    }

    @Test
    void aWholeOneIsAccepted() throws Exception {
        String path = savepoint(golden());

        assertThatCode(() -> SavepointCheck.check(path)).doesNotThrowAnyException();
    }

    @Test
    void oneThatIsCutOffAnywhereIsNamed() throws Exception {
        byte[] whole = golden();
        for (int length = 0; length < whole.length; length += 97) {
            String path = savepoint(Arrays.copyOf(whole, length));

            assertThatThrownBy(() -> SavepointCheck.check(path))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("The savepoint " + path + " is cut off or damaged");
        }
    }

    @Test
    void oneThatIsGoneIsLeftToTheCluster() {
        assertThatCode(() -> SavepointCheck.check(directory.resolve("none").toString()))
                .doesNotThrowAnyException();
        assertThatCode(() -> SavepointCheck.check(new Configuration())).doesNotThrowAnyException();
    }

    @Test
    void aJobIsNotStartedFromOneThatIsCutOff() throws Exception {
        String path = savepoint(Arrays.copyOf(golden(), 5_000));
        Path file = Files.writeString(directory.resolve("training.yaml"), """
                model: {name: golden, inputs: 1, layers: [{dense: {units: 1}}], loss: mean_squared_error}
                kafka.bootstrap.servers: 127.0.0.1:9
                source.topics: [bids]
                flink: {execution.state-recovery.path: '%s'}
                """.formatted(path));
        TrainingConfig config = TrainingConfig.load(file, List.of());

        assertThatThrownBy(() -> TrainingJob.run(config))
                .hasMessageContaining(path)
                .hasMessageContaining("Continue from an older one");
        assertThat(directory.resolve("checkpoints")).doesNotExist();
    }
}
