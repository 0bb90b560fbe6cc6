package dev.millrace.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotDirectoryTest {
    @TempDir
    private Path root;

    private SnapshotDirectory directory;

    @BeforeEach
    void publishTwoVersions() throws IOException {
        directory = new SnapshotDirectory(root);
        publish(9, Models.ramp(11));
        publish(12, new float[11]);
        Files.writeString(root.resolve("current.json"), "{\"model\": \"small\", \"version\": 12}");
    }

    @Test
    void versionsRiseAsNumbersAndOtherFilesAreNone() throws IOException {
        for (String other : new String[] {"012", "latest", "-1", "9999999999999999999", "13.tmp"}) {
            Files.createDirectories(root.resolve("versions").resolve(other));
        }

        assertThat(directory.versions()).containsExactly(9L, 12L);
    }

    @Test
    void aDirectoryWithoutVersionsHasNone() {
        assertThat(new SnapshotDirectory(root.resolve("absent")).versions()).isEmpty();
    }

    @Test
    void currentLeadsToTheManifestOfItsVersion() {
        SnapshotManifest manifest = directory.current();

        assertThat(manifest.version()).isEqualTo(12);
        assertThat(directory.load().parameters()).containsOnly(0);
    }

    @Test
    void anOlderVersionCanBeLoaded() {
        Snapshot snapshot = directory.load(9);

        assertThat(snapshot.parameters()).containsExactly(Models.ramp(11));
        assertThat(snapshot.manifest().provenance()).containsEntry("samples", "12");
    }

    @Test
    void aWholeManifestInCurrentServesToo() throws IOException {
        Files.copy(root.resolve("versions/9/manifest.json"), root.resolve("copy.json"));
        Files.move(root.resolve("copy.json"), root.resolve("current.json"), StandardCopyOption.REPLACE_EXISTING);

        assertThat(directory.current().version()).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "null",
                "[]",
                "{\"version\": \"12\"}",
                "{\"version\": 1.5}",
                "{\"version\": 99999999999999999999}"
            })
    void aCurrentWithoutAVersionIsRefused(String json) throws IOException {
        Files.writeString(root.resolve("current.json"), json);

        assertThatThrownBy(directory::current)
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("must name a version");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"version\": 12"})
    void aCurrentThatIsCutOffIsRefused(String json) throws IOException {
        Files.writeString(root.resolve("current.json"), json);

        assertThatThrownBy(directory::current).isInstanceOf(SnapshotException.class);
    }

    @Test
    void nothingPublishedIsSaid() throws IOException {
        Files.delete(root.resolve("current.json"));

        assertThatThrownBy(directory::load)
                .isInstanceOf(SnapshotException.class)
                .hasMessage("No snapshot is published in " + root + ": current.json is missing");
    }

    @Test
    void aMissingVersionNamesThosePublished() {
        assertThatThrownBy(() -> directory.load(10))
                .isInstanceOf(SnapshotException.class)
                .hasMessage("There is no version 10 in " + root + ". Published: [9, 12]");
    }

    @Test
    void missingParametersAreNamed() throws IOException {
        Files.delete(root.resolve("versions/9/model.safetensors"));

        assertThatThrownBy(() -> directory.load(9))
                .isInstanceOf(SnapshotException.class)
                .hasMessageEndingWith("model.safetensors is missing");
    }

    @Test
    void anyDamagedByteOfTheParametersIsFound() throws IOException {
        Path file = root.resolve("versions/9/model.safetensors");
        long length = Files.size(file);
        for (long at = length - 44; at < length; at++) {
            flip(file, at);

            assertThatThrownBy(() -> directory.load(9))
                    .as("byte %d", at)
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("damaged");
            flip(file, at);
        }
        assertThat(directory.load(9).parameters()).containsExactly(Models.ramp(11));
    }

    @Test
    void aFileShorterThanItsParametersIsRefusedBeforeRoomIsMade() throws IOException {
        Path place = Files.createDirectories(root.resolve("versions/7"));
        Files.writeString(place.resolve("manifest.json"), Models.hugeManifest().toJson());
        Files.writeString(place.resolve("model.safetensors"), "short");

        assertThatThrownBy(() -> directory.load(7))
                .isInstanceOf(SnapshotException.class)
                .hasMessageEndingWith("is cut off: its parameters alone have 8000000800 bytes. Received: 5");
    }

    @Test
    void aVersionInThePlaceOfAnotherIsFound() throws IOException {
        Files.move(root.resolve("versions/9"), root.resolve("versions/10"));

        assertThatThrownBy(() -> directory.load(10))
                .isInstanceOf(SnapshotException.class)
                .hasMessageEndingWith("must hold version 10. Received: 9");
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int value = bytes.read();
            bytes.seek(at);
            bytes.write(value ^ 1);
        }
    }

    private void publish(long version, float[] parameters) throws IOException {
        Path place = Files.createDirectories(root.resolve("versions/" + version));
        SnapshotParts parts =
                SnapshotParts.split(Models.SMALL, version, Models.CREATED, parameters, Map.of("samples", "12"), 16);
        Files.writeString(place.resolve("manifest.json"), parts.manifest().toJson());
        try (OutputStream out = Files.newOutputStream(place.resolve("model.safetensors"))) {
            Safetensors.write(Models.SMALL.layout(), parameters, Map.of(), out);
        }
    }
}
