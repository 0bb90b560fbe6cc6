package dev.millrace.pipeline.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.pipeline.dataset.DataFile;
import dev.millrace.pipeline.dataset.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSamplesTest {
    @TempDir
    Path directory;

    @Test
    void shouldReadTheFileOncePerEpoch() throws IOException {
        Path file = Files.writeString(directory.resolve("two.csv"), "x,y\n1,0\n2,1\n");
        List<Float> features = new ArrayList<>();

        try (FileSamples samples = new FileSamples(DataFile.of(file, "y"), 3)) {
            Example example = new Example();
            while (samples.next(example)) features.add(example.features[0]);
        }

        assertThat(features).containsExactly(1f, 2f, 1f, 2f, 1f, 2f);
    }

    @Test
    void shouldNameTheFileAndThePlaceThatIsNoSample() throws IOException {
        Path file = Files.writeString(directory.resolve("bad.csv"), "x,y\n1,0\nmany,1\n");

        try (FileSamples samples = new FileSamples(DataFile.of(file, "y"), 1)) {
            Example example = new Example();
            samples.next(example);

            assertThatThrownBy(() -> samples.next(example))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(file + ": line 3, column x must be a number. Received: many");
        }
    }
}
