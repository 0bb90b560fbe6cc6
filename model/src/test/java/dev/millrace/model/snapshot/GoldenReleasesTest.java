package dev.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.model.feature.FeatureMapping;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every release wrote is read, and predicts as it did there. */
class GoldenReleasesTest {
    /** Sums may be taken in another order and exponentials be rounded otherwise from one release or processor to another. */
    private static final float ROUNDING = 2e-6f;

    private static final ObjectMapper JSON = new ObjectMapper();

    static List<Path> snapshots() throws IOException, URISyntaxException {
        Path releases = Path.of(Objects.requireNonNull(GoldenReleasesTest.class.getResource("/snapshots/releases"))
                .toURI());
        try (Stream<Path> files = Files.walk(releases, 2)) {
            return files.filter(path -> Files.exists(path.resolve(GoldenReleases.EXPECTED)))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("snapshots")
    void parametersAndPredictionsAreThoseOfTheReleaseThatWroteThem(Path directory) throws IOException {
        Snapshot snapshot = new SnapshotDirectory(directory).load();
        JsonNode expected =
                JSON.readTree(directory.resolve(GoldenReleases.EXPECTED).toFile());
        float[][] inputs = JSON.treeToValue(expected.path("inputs"), float[][].class);

        assertThat(snapshot.parameters()).containsExactly(JSON.treeToValue(expected.path("parameters"), float[].class));
        assertThat(snapshot.manifest().provenance()).containsEntry("samples", "1234");
        assertThat(GoldenReleases.predictions(snapshot.manifest().modelSpec(), snapshot.parameters(), inputs))
                .containsExactly(JSON.treeToValue(expected.path("predictions"), float[].class), within(ROUNDING));
    }

    @ParameterizedTest
    @MethodSource("snapshots")
    void recordsBecomeTheInputsThatTheyBecameThere(Path directory) throws IOException {
        FeatureMapping mapping =
                new SnapshotDirectory(directory).load().manifest().featureMapping();
        JsonNode expected =
                JSON.readTree(directory.resolve(GoldenReleases.EXPECTED).toFile());

        assertThat(mapping != null).as("records need a mapping").isEqualTo(expected.has("records"));
        if (mapping == null) return;
        assertThat(GoldenReleases.inputs(mapping, expected))
                .isDeepEqualTo(JSON.treeToValue(expected.path("inputs"), float[][].class));
    }

    @Test
    void thereAreOfEveryKind() throws IOException, URISyntaxException {
        assertThat(snapshots())
                .extracting(path -> path.getFileName().toString())
                .contains("features", "tables", "normalization");
    }

    /** By hand, once for a release: see the README beside the files. */
    @Test
    @EnabledIfSystemProperty(named = "golden.release", matches = ".+")
    void writeThoseOfThisRelease() throws IOException {
        Path release = Path.of(System.getProperty("golden.release"));
        assertThat(release).as("what a release wrote is never written again").doesNotExist();

        GoldenReleases.write(release);
    }
}
