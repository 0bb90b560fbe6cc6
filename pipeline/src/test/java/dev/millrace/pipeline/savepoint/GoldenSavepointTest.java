package dev.millrace.pipeline.savepoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDirectory;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A job goes on from the savepoint of every release: counts, parameters, optimizer, windows and offsets. */
@Timeout(300)
class GoldenSavepointTest {
    /** Records read before the savepoint; the last mini-batch is not full. */
    private static final int BEFORE = 2_010;

    private static final int ALL = 4_000;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    static List<Path> savepoints() throws IOException, URISyntaxException {
        try (Stream<Path> releases = Files.list(resource("/savepoints"))) {
            return releases.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(GoldenSavepointTest.class.getResource(name))
                .toURI());
    }

    @ParameterizedTest
    @MethodSource("savepoints")
    void trainingGoesOnFromTheSavepointOfARelease(Path savepoint, @TempDir Path directory) throws Exception {
        copy(savepoint.resolve("published"), directory.resolve("published"));
        Snapshot before = new SnapshotDirectory(directory.resolve("published")).load();
        try (GoldenJob job = new GoldenJob(directory)) {
            job.produce(0, ALL);

            JobID restored = job.restore(savepoint, "200 ms");
            Snapshot snapshot = job.awaitPublished(restored, ALL, LIMIT);

            // Every record took part once: those before the savepoint as it says, those after it as they are read now.
            assertThat(snapshot.manifest().provenance()).containsEntry("samples", Integer.toString(ALL));
            assertThat(snapshot.manifest().version())
                    .isGreaterThan(before.manifest().version());
            assertThat(GoldenJob.accuracy(snapshot, ALL, 500)).isGreaterThan(0.8);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) Files.createDirectories(copy);
                else Files.copy(file, copy);
            }
        }
    }

    /** By hand, once for a release: see the README beside the files. */
    @Test
    @EnabledIfSystemProperty(named = "golden.savepoint", matches = ".+")
    void writeThatOfThisRelease(@TempDir Path directory) throws Exception {
        Path release = Path.of(System.getProperty("golden.savepoint"));
        assertThat(release).as("what a release wrote is never written again").doesNotExist();

        try (GoldenJob job = new GoldenJob(directory)) {
            job.produce(0, BEFORE);
            JobID started = job.start("1 h");
            job.awaitPublished(started, BEFORE / 2, LIMIT);
            Path savepoint = job.stopWithSavepoint(started, directory.resolve("savepoints"));
            try (Stream<Path> files = Files.list(savepoint)) {
                assertThat(files).as("all in one file, which can be moved").hasSize(1);
            }
            // Published when the savepoint was complete, as the savepoint says; whoever restores it looks for it.
            Path published = directory.resolve("published");
            String newest =
                    "versions/" + new SnapshotDirectory(published).current().version();
            copy(published.resolve(newest), release.resolve("published").resolve(newest));
            Files.copy(published.resolve("current.json"), release.resolve("published/current.json"));
            Files.copy(savepoint.resolve("_metadata"), release.resolve("_metadata"));
        }
    }
}
