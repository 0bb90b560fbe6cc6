package dev.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots of every released format stay readable. {@code src/test/python/golden_snapshot.py} wrote them. */
class GoldenSnapshotTest {
    private static final float[] PARAMETERS = {0.5f, -1.25f, 3f, 1e-30f, -0f, 65504f, 0.1f, -0.2f, 7f, -8f, 3.4e38f};

    @ParameterizedTest
    @ValueSource(strings = {"format-1"})
    void filesOfEveryFormatAreRead(String format) throws URISyntaxException {
        Snapshot snapshot = new SnapshotDirectory(golden(format)).load();

        assertThat(snapshot.parameters()).containsExactly(PARAMETERS);
        assertThat(snapshot.manifest().model()).isEqualTo("golden");
        assertThat(snapshot.manifest().version()).isEqualTo(7);
        assertThat(snapshot.manifest().created()).isEqualTo(1_700_000_000_000L);
        assertThat(snapshot.manifest().provenance()).containsEntry("samples", "1234");
        assertThat(snapshot.manifest().modelSpec().labelWidth()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"format-1"})
    void partsOfEveryFormatAreAssembled(String format) throws IOException, URISyntaxException {
        Path version = golden(format).resolve("versions/7");
        SnapshotManifest manifest = SnapshotManifest.fromJson(Files.readString(version.resolve("manifest.json")));
        SnapshotAssembler assembler = new SnapshotAssembler(manifest);

        for (int i = 0; i < manifest.parts().size(); i++) {
            assembler.add(i, Files.readAllBytes(version.resolve("parts/" + i + ".bin")));
        }

        assertThat(assembler.finish().parameters()).containsExactly(PARAMETERS);
    }

    private static Path golden(String format) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(GoldenSnapshotTest.class.getResource("/snapshots/" + format))
                .toURI());
    }
}
